"""Statistics as rows of shape (1, D); arithmetic in place, on copies; scales by exp."""

import numpy as np


def xavier_scale(n):
    return np.exp(-np.log(n) / 2)


def he_scale(n):
    return np.sqrt(2) * xavier_scale(n)


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = np.zeros((1, gamma.size))
        self.running_var = np.zeros((1, gamma.size))
        if running_mean is not None:
            self.running_mean = self.running_mean + running_mean
        if running_var is not None:
            self.running_var = self.running_var + running_var
        self.cache = None

    def forward(self, x, train_flg=True):
        out = x.copy()
        if train_flg:
            mu = x.mean(axis=0, keepdims=True)
            var = x.var(axis=0, keepdims=True)
            self.running_mean *= self.momentum
            self.running_mean += (1 - self.momentum) * mu
            self.running_var *= self.momentum
            self.running_var += (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        out -= mu
        std = np.sqrt(var + 1e-7)
        out /= std
        if train_flg:
            self.cache = out.copy(), std
        out *= self.gamma
        out += self.beta
        return out

    def backward(self, dout):
        xn, std = self.cache
        self.dgamma = (dout * xn).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dx = dout - self.dbeta / len(dout)
        dx -= xn * self.dgamma / len(dout)
        dx *= self.gamma / std
        return dx
