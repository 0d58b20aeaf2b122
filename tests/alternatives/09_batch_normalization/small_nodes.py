"""A graph of small nodes, as in exercise 01: each with a forward and a backward of its own."""

import numpy as np


def xavier_scale(n):
    return np.sqrt(1.0 / n)


def he_scale(n):
    return np.sqrt(2.0 / n)


class Mean:
    def forward(self, x):
        self.shape = x.shape
        return x.mean(axis=0, keepdims=True)

    def backward(self, dout):
        return np.broadcast_to(dout / self.shape[0], self.shape)


class Deviation:
    def __init__(self):
        self.mean = Mean()

    def forward(self, x):
        self.mu = self.mean.forward(x)
        return x - self.mu

    def backward(self, dout):
        return dout + self.mean.backward(-dout.sum(axis=0, keepdims=True))


class InverseStd:
    def __init__(self):
        self.mean = Mean()

    def forward(self, xc):
        self.xc = xc
        self.var = self.mean.forward(xc * xc)
        self.inverse = (self.var + 10e-7) ** -0.5
        return self.inverse

    def backward(self, dout):
        dvar = -0.5 * self.inverse**3 * dout
        return 2 * self.xc * self.mean.backward(dvar)


class BatchNormalization:
    def __init__(self, gamma, beta, momentum=0.9, running_mean=None, running_var=None):
        self.gamma = gamma
        self.beta = beta
        self.momentum = momentum
        self.running_mean = running_mean
        self.running_var = running_var
        self.deviation = Deviation()
        self.inverse_std = InverseStd()

    def move(self, running, new):
        old = np.zeros_like(new) if running is None else running
        return self.momentum * old + (1 - self.momentum) * new

    def forward(self, x, train_flg=True):
        if not train_flg:
            if self.running_mean is None:
                return x / np.sqrt(10e-7) * self.gamma + self.beta
            return (x - self.running_mean) / np.sqrt(
                self.running_var + 10e-7
            ) * self.gamma + self.beta
        self.xc = self.deviation.forward(x)
        self.inverse = self.inverse_std.forward(self.xc)
        self.xn = self.xc * self.inverse
        self.running_mean = self.move(self.running_mean, self.deviation.mu[0])
        self.running_var = self.move(self.running_var, self.inverse_std.var[0])
        return self.xn * self.gamma + self.beta

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = (dout * self.xn).sum(axis=0)
        dxn = dout * self.gamma
        dinverse = (dxn * self.xc).sum(axis=0, keepdims=True)
        dxc = dxn * self.inverse + self.inverse_std.backward(dinverse)
        return self.deviation.backward(dxc)
