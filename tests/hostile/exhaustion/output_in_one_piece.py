"""Prints a great deal at once; otherwise it is right.

exercise: 03_affine
outcomes: PASSED
points: 10
control: floods
"""

import sys

import numpy as np

print("x" * (int("@MIB@") << 20), file=sys.stdout)
print("x" * (int("@MIB@") << 20), file=sys.stderr)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
