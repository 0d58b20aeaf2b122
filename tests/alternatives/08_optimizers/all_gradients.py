"""Keeps every gradient, and calculates each step anew from all of them."""

import numpy as np


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.past = []

    def update(self, params, grads):
        self.past.append({key: np.array(grad) for key, grad in grads.items()})
        for key in params:
            past = np.stack([one[key] for one in self.past])
            params[key] -= self.lr * self.direction(past)

    def direction(self, past):
        return past[-1]


def weighted(past, factor):
    weights = factor ** np.arange(len(past))[::-1]
    return np.tensordot(weights, past, axes=1)


class Momentum(SGD):
    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr)
        self.momentum = momentum

    def direction(self, past):
        return weighted(past, self.momentum)


class AdaGrad(SGD):
    def direction(self, past):
        return past[-1] / (np.linalg.norm(past, axis=0) + 1e-7)


class Adam(SGD):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        super().__init__(lr)
        self.beta1 = beta1
        self.beta2 = beta2

    def direction(self, past):
        ones = np.ones(len(past))
        m = weighted(past, self.beta1) / weighted(ones, self.beta1)
        v = weighted(past**2, self.beta2) / weighted(ones, self.beta2)
        return m / (np.sqrt(v) + 1e-8)
