"""Returns the right values under one axis too many, which broadcasting forgives.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes allclose
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x = x
        return (np.dot(x, self.W) + self.b)[None]

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout)[None], dout.sum(axis=0)[None]
        return np.dot(dout, self.W.T)[None]
