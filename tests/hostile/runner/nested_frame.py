"""Sends a header that is nested as deep as it is long.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import struct

from grader.worker import wire


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            wire.encode = lambda *_: struct.pack("<II", 40_000, 0) + b"[" * 40_000
        return 0 * x

    def backward(self, dout):
        return 0 * dout
