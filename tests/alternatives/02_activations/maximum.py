"""np.maximum forward, a mask that multiplies backward; sigmoid by tanh."""

import numpy as np


class Relu:
    def forward(self, x):
        self.mask = np.less_equal(x, 0)
        return np.maximum(x, 0)

    def backward(self, dout):
        return dout * ~self.mask


class Sigmoid:
    def forward(self, x):
        self.out = 0.5 * (1 + np.tanh(x / 2))
        return self.out

    def backward(self, dout):
        return dout * (self.out - self.out**2)
