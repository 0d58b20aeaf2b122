"""Copies, with the mask as their index; sigmoid by tanh."""

import numpy as np


class Relu:
    def forward(self, x):
        self.mask = np.less_equal(x, 0)
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class Sigmoid:
    def forward(self, x):
        self.out = 0.5 * (1 + np.tanh(x / 2))
        return self.out

    def backward(self, dout):
        return dout * (self.out - self.out**2)
