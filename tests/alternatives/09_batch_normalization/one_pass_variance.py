"""The variance as the mean of squares minus the square of the mean; the formulas of the paper."""

import math

import numpy as np


def xavier_scale(n):
    return 1 / math.sqrt(n)


def he_scale(n):
    return math.sqrt(2) / math.sqrt(n)


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = running_mean
        self.running_var = running_var
        self.eps = 1e-7

    def forward(self, x, train_flg=True):
        if self.running_mean is None:
            self.running_mean = np.zeros(x.shape[1])
            self.running_var = np.zeros(x.shape[1])
        if not train_flg:
            a = self.gamma / np.sqrt(self.running_var + self.eps)
            return a * x + (self.beta - a * self.running_mean)
        m = len(x)
        self.x = x
        self.mu = np.sum(x, axis=0) / m
        self.var = np.maximum(np.sum(x * x, axis=0) / m - self.mu * self.mu, 0)
        self.running_mean = self.running_mean + (1 - self.momentum) * (self.mu - self.running_mean)
        self.running_var = self.running_var + (1 - self.momentum) * (self.var - self.running_var)
        self.x_hat = (x - self.mu) / np.sqrt(self.var + self.eps)
        return self.x_hat * self.gamma + self.beta

    def backward(self, dout):
        m = len(dout)
        dx_hat = dout * self.gamma
        dvar = np.sum(dx_hat * (self.x - self.mu) * -0.5 * (self.var + self.eps) ** -1.5, axis=0)
        dmu = np.sum(-dx_hat / np.sqrt(self.var + self.eps), axis=0)
        dmu = dmu + dvar * np.mean(-2 * (self.x - self.mu), axis=0)
        self.dgamma = np.sum(dout * self.x_hat, axis=0)
        self.dbeta = np.sum(dout, axis=0)
        return dx_hat / np.sqrt(self.var + self.eps) + dvar * 2 * (self.x - self.mu) / m + dmu / m
