"""Prints a great deal, one line at a time; otherwise it is right.

exercise: 03_affine
outcomes: PASSED
points: 10
control: floods
"""

import numpy as np

for _ in range(int("@MIB@") << 10):
    print("x" * 1023)


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
