"""Ufuncs with out=, into buffers that are kept: no temporaries."""

import math

import numpy as np


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            np.subtract(params[key], np.multiply(grads[key], self.lr), out=params[key])


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr, self.momentum = lr, momentum
        self.v = {}

    def update(self, params, grads):
        for key, param in params.items():
            v = self.v.setdefault(key, np.zeros_like(param))
            v *= self.momentum
            v -= self.lr * grads[key]
            param += v


class AdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = {}

    def update(self, params, grads):
        for key, param in params.items():
            h = self.h.setdefault(key, np.zeros_like(param))
            buffer = np.square(grads[key])
            h += buffer
            np.sqrt(h, out=buffer)
            buffer += 1e-7
            np.divide(grads[key], buffer, out=buffer)
            buffer *= self.lr
            param -= buffer


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr, self.beta1, self.beta2 = lr, beta1, beta2
        self.t = 0
        self.m, self.v, self.buffers = {}, {}, {}

    def update(self, params, grads):
        self.t += 1
        root = math.sqrt(1 - self.beta2**self.t)
        step = self.lr * root / (1 - self.beta1**self.t)
        for key, param in params.items():
            if key not in self.m:
                self.m[key], self.v[key] = np.zeros_like(param), np.zeros_like(param)
                self.buffers[key] = np.empty_like(param)
            m, v, buffer, grad = self.m[key], self.v[key], self.buffers[key], grads[key]
            np.subtract(grad, m, out=buffer)
            buffer *= 1 - self.beta1
            m += buffer
            np.multiply(grad, grad, out=buffer)
            buffer -= v
            buffer *= 1 - self.beta2
            v += buffer
            np.sqrt(v, out=buffer)
            buffer += 1e-8 * root
            np.divide(m, buffer, out=buffer)
            buffer *= step
            param -= buffer
