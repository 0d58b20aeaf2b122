"""The bias as a product with ones: db = 1.T @ dout."""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        self._input = x
        return np.matmul(x, self.W) + np.ones((len(x), 1)) @ self.b[np.newaxis]

    def backward(self, dout):
        self.dW = np.matmul(self._input.transpose(), dout)
        self.db = np.ones(len(dout)) @ dout
        return np.matmul(dout, np.swapaxes(self.W, 0, 1))
