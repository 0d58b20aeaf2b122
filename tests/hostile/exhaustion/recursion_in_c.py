"""Calls itself by way of the interpreter's C code until the stack ends.

It does so for a batch of one; its other answers are merely wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: dies example
"""

import sys

sys.setrecursionlimit(2**31 - 1)


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            list(map(self.forward, [x]))
        return 0 * x

    def backward(self, dout):
        return 0 * dout
