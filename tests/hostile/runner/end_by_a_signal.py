"""Ends its process by an abort.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: dies example
"""

import os


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            os.abort()
        return 0 * x

    def backward(self, dout):
        return 0 * dout
