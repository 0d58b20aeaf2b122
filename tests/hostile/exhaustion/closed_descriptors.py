"""Closes every file and connection that it has, and goes on as if nothing had happened.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: dies example
"""

import os
import sys


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            os.closerange(0, 256)
            sys.exit(3)
        return 0 * x

    def backward(self, dout):
        return 0 * dout
