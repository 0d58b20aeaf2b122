"""Row by row, with apply_along_axis, vdot and a generator."""

import math

import numpy as np


def _softmax_of_row(row):
    weights = [math.exp(score - max(row)) for score in row]
    return np.array(weights) / math.fsum(weights)


def softmax(x):
    return np.apply_along_axis(_softmax_of_row, -1, x)


def cross_entropy_error(y, t):
    costs = (-np.vdot(right, np.log(row.clip(1e-15))) for row, right in zip(y, t))
    return sum(costs) / len(y)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y = softmax(x)
        self.t = np.asarray(t)
        self.loss = cross_entropy_error(self.y, self.t)
        return self.loss

    def backward(self, dout=1.0):
        return dout * np.subtract(self.y, self.t) / self.y.shape[0]
