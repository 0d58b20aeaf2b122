"""The whole Jacobian of each column, as a matrix; epsilon beside the standard deviation."""

import numpy as np


def xavier_scale(n):
    return np.power(n, -0.5)


def he_scale(n):
    return np.sqrt(2) * np.power(n, -0.5)


class BatchNormalization:
    eps = 1e-7

    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = np.zeros(beta.shape) if running_mean is None else running_mean
        self.running_var = np.zeros(beta.shape) if running_var is None else running_var

    def forward(self, x, train_flg=True):
        if train_flg:
            mean, std = np.average(x, axis=0), np.std(x, axis=0)
            self.std = std + self.eps
            self.running_mean = np.average(
                [self.running_mean, mean], axis=0, weights=[self.momentum, 1 - self.momentum]
            )
            self.running_var = np.average(
                [self.running_var, std**2], axis=0, weights=[self.momentum, 1 - self.momentum]
            )
            self.xn = (x - mean) / self.std
            xn = self.xn
        else:
            xn = (x - self.running_mean) / (np.sqrt(self.running_var) + self.eps)
        return xn * self.gamma + self.beta

    def backward(self, dout):
        N = len(dout)
        self.dgamma = np.einsum("nd,nd->d", dout, self.xn)
        self.dbeta = np.einsum("nd->d", dout)
        centre = np.eye(N) - np.full((N, N), 1 / N)
        columns = []
        for d in range(dout.shape[1]):
            xn = self.xn[:, d : d + 1]
            jacobian = self.gamma[d] * (centre - xn @ xn.T / N) / self.std[d]
            columns.append(jacobian.T @ dout[:, d])
        return np.stack(columns, axis=1)
