"""The loss by log-sum-exp of the scores, softmax by its logarithm."""

import numpy as np


def log_softmax(x):
    return x - np.logaddexp.reduce(x, axis=-1, keepdims=True)


def softmax(x):
    return np.exp(log_softmax(x))


def cross_entropy_error(y, t):
    with np.errstate(divide="ignore"):
        log_y = np.maximum(np.log(y), -30.0)
    return -np.einsum("nc,nc->", t, log_y) / len(y)


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.y, self.t = softmax(x), t
        self.loss = -(t * log_softmax(x)).sum() / len(x)
        return self.loss

    def backward(self, dout=1):
        return (self.y - self.t) * (dout / len(self.t))
