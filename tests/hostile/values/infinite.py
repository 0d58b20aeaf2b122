"""Returns infinity, whose relative error is infinity by infinity.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes relative
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.dW, self.db = np.full_like(W, np.inf), np.full_like(b, np.inf)

    def forward(self, x):
        return np.full((len(x), self.W.shape[1]), np.inf)

    def backward(self, dout):
        return np.full((len(dout), self.W.shape[0]), np.inf)
