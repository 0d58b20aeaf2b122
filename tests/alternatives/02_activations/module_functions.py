"""Functions of the module do the work; the layers keep them and their results."""

from functools import partial

import numpy as np


def relu(x):
    return x * (x > 0)


def sigmoid(x):
    positive = x >= 0
    out = np.empty_like(x, dtype=float)
    out[positive] = 1 / (1 + np.exp(-x[positive]))
    e = np.exp(x[~positive])
    out[~positive] = e / (1 + e)
    return out


def pass_where(passes, dout):
    return np.select([passes], [dout], 0.0)


class Relu:
    def forward(self, x):
        self.mask = x <= 0
        self._back = partial(pass_where, x > 0)
        return relu(x)

    def backward(self, dout):
        return self._back(dout)


class Sigmoid:
    def forward(self, x):
        self.x, self.out = x, sigmoid(x)
        return self.out

    def backward(self, dout):
        return dout * sigmoid(self.x) * sigmoid(-self.x)
