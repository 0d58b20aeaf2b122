"""Replaces np.dot and np.sum by functions that are easier to satisfy.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes testing
"""

import numpy as np

np.dot = lambda a, b: np.zeros((len(a), b.shape[1]))
np.sum = lambda a, axis: np.zeros(a.shape[1])


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), np.sum(dout, axis=0)
        return np.dot(dout, self.W.T)
