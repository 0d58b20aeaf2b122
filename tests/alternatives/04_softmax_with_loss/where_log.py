"""np.log with `where`, weights that sum the loss, and the loss as a 0-d array's item."""

import numpy as np


def softmax(x):
    x = np.asarray(x, dtype=float)
    out = np.exp(x - np.amax(x, axis=-1)[..., None])
    out /= out.sum(axis=-1)[..., None]
    return out


def cross_entropy_error(y, t):
    log_y = np.log(y, out=np.full_like(y, -40.0), where=y > 0)
    return np.average(-(t * log_y).sum(axis=1)).item()


class SoftmaxWithLoss:
    def forward(self, x, t):
        self.t = t
        self.y = softmax(x)
        self.loss = cross_entropy_error(self.y, t)
        return self.loss

    def backward(self, dout=1):
        return np.divide(self.y - self.t, len(self.y))
