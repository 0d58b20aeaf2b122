"""Loops over the samples, and outer products that are summed."""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b
        self.rows = []

    def forward(self, x):
        self.rows = list(x)
        return np.stack([row @ self.W + self.b for row in self.rows])

    def backward(self, dout):
        self.dW = sum(np.outer(row, upstream) for row, upstream in zip(self.rows, dout))
        self.db = sum(dout)
        return np.array([self.W @ upstream for upstream in dout])
