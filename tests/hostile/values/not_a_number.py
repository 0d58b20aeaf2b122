"""Returns NaN, whose error is not greater than any tolerance.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes relative
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.dW, self.db = W * np.nan, b * np.nan

    def forward(self, x):
        return np.dot(x, self.W) * np.nan

    def backward(self, dout):
        return np.dot(dout, self.W.T) * np.nan
