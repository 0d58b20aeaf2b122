"""Writes a great deal to the standard streams of the process, past Python.

exercise: 03_affine
outcomes: PASSED
points: 10
control: floods
"""

import os

import numpy as np

for _ in range(int("@MIB@")):
    os.write(1, b"x" * (1 << 20))
    os.write(2, b"x" * (1 << 20))


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
