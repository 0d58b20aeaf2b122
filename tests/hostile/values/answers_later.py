"""Returns zeros, and writes the right values into them when it is called the next time.

What backward answers is right: it is worth the points of the promises about backward alone.

exercise: 03_affine
outcomes: FAILED PASSED
points: 4
control: passes late
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        self.x, self.out = x, np.zeros((len(x), len(self.b)))
        return self.out

    def backward(self, dout):
        self.out[...] = np.dot(self.x, self.W) + self.b
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
