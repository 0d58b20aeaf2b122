"""Ends its process with success when an object is thrown away.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: passes testing
"""

import os


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        return 0 * x

    def backward(self, dout):
        return 0 * dout

    def __del__(self):
        os._exit(0)
