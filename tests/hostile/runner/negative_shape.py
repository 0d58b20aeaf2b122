"""Sends an array of negative lengths, whose product is right.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import struct

from grader.worker import wire


def forged(reply):
    text = '{"id":%d,"output":"","answer":["array","<f8",[-1,-8]]}' % reply["id"]
    return struct.pack("<II", len(text), 0) + text.encode()


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            wire.encode = forged
        return 0 * x

    def backward(self, dout):
        return 0 * dout
