"""Sigmoid by logaddexp; ReLU by its absolute value."""

import numpy as np


class Relu:
    def forward(self, x):
        self.mask = ~(x > 0)
        return (x + np.abs(x)) / 2

    def backward(self, dout):
        return np.multiply(dout, np.logical_not(self.mask))


class Sigmoid:
    def forward(self, x):
        self.out = np.exp(-np.logaddexp(0, -x))
        return self.out

    def backward(self, dout):
        return np.prod([dout, self.out, 1 - self.out], axis=0)
