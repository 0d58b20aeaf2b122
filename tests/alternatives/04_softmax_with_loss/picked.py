"""The right class is picked by its index, in the loss and in the gradient."""

import numpy as np


def softmax(x):
    e = np.exp((x.T - x.max(axis=-1)).T)
    return (e.T / e.sum(axis=-1)).T


def cross_entropy_error(y, t):
    picked = y[np.arange(y.shape[0]), t.argmax(axis=1)]
    return np.mean(-np.log(picked + 1e-7))


class SoftmaxWithLoss:
    def __init__(self):
        self.loss = self.y = self.t = None

    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, self.t)
        return self.loss

    def backward(self, dout=1):
        n = self.t.shape[0]
        dx = self.y.copy()
        dx[np.arange(n), self.t.argmax(axis=1)] -= 1
        dx *= dout
        dx /= n
        return dx
