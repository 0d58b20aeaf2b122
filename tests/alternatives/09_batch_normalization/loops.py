"""Column by column, sample by sample, in plain Python."""

import math

import numpy as np


def xavier_scale(n):
    return math.sqrt(1 / n)


def he_scale(n):
    return math.sqrt(2 / n)


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        D = len(gamma)
        self.running_mean = list(running_mean) if running_mean is not None else [0] * D
        self.running_var = list(running_var) if running_var is not None else [0] * D

    def forward(self, x, train_flg=True):
        N, D = x.shape
        out = np.zeros((N, D))
        self.stored = []
        for d in range(D):
            column = [float(value) for value in x[:, d]]
            if train_flg:
                mean = sum(column) / N
                var = sum((value - mean) ** 2 for value in column) / N
                m = self.momentum
                self.running_mean[d] = m * self.running_mean[d] + (1 - m) * mean
                self.running_var[d] = m * self.running_var[d] + (1 - m) * var
            else:
                mean, var = self.running_mean[d], self.running_var[d]
            std = math.sqrt(var + 1e-7)
            xn = [(value - mean) / std for value in column]
            self.stored.append((std, xn))
            for n in range(N):
                out[n, d] = self.gamma[d] * xn[n] + self.beta[d]
        return out

    def backward(self, dout):
        N, D = dout.shape
        dx = np.zeros((N, D))
        self.dgamma, self.dbeta = np.zeros(D), np.zeros(D)
        for d in range(D):
            std, xn = self.stored[d]
            for n in range(N):
                self.dbeta[d] += dout[n, d]
                self.dgamma[d] += dout[n, d] * xn[n]
            for n in range(N):
                rest = dout[n, d] - self.dbeta[d] / N - xn[n] * self.dgamma[d] / N
                dx[n, d] = self.gamma[d] * rest / std
        return dx
