"""Announces a frame of eight gibibytes.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import os
import stat


def own_connection():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            os.write(own_connection(), b"\xff" * 8 + b"{}")
        return 0 * x

    def backward(self, dout):
        return 0 * dout
