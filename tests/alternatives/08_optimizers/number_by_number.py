"""Loops over all numbers, with Python's own floats."""

import math

import numpy as np


class Walker:
    def update(self, params, grads):
        self.t = getattr(self, "t", 0) + 1
        for key, param in params.items():
            for index in np.ndindex(param.shape):
                param[index] -= self.step(float(grads[key][index]), (key, index))


class SGD(Walker):
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self, g, place):
        return self.lr * g


class Momentum(Walker):
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum, self.v = lr, momentum, {}

    def step(self, g, place):
        self.v[place] = self.momentum * self.v.get(place, 0.0) - self.lr * g
        return -self.v[place]


class AdaGrad(Walker):
    def __init__(self, lr=0.01):
        self.lr, self.h = lr, {}

    def step(self, g, place):
        self.h[place] = self.h.get(place, 0.0) + g * g
        return self.lr * g / (math.sqrt(self.h[place]) + 1e-7)


class Adam(Walker):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.m, self.v = {}, {}

    def step(self, g, place):
        self.m[place] = self.beta1 * self.m.get(place, 0.0) + (1 - self.beta1) * g
        self.v[place] = self.beta2 * self.v.get(place, 0.0) + (1 - self.beta2) * g**2
        m_hat = self.m[place] / (1 - self.beta1**self.t)
        v_hat = self.v[place] / (1 - self.beta2**self.t)
        return self.lr * m_hat / (math.sqrt(v_hat) + 1e-8)
