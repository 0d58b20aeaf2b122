"""One loop in a base class; each optimizer is the step of one parameter, from state by name."""

from collections import defaultdict

import numpy as np


class Optimizer:
    def __init__(self, lr):
        self.lr = lr
        self.steps = 0
        self.state = defaultdict(dict)

    def update(self, params, grads):
        self.steps += 1
        for key in params:
            params[key][...] -= self.step(grads[key], self.state[key])


class SGD(Optimizer):
    def __init__(self, lr=0.01):
        super().__init__(lr)

    def step(self, grad, state):
        return self.lr * grad


class Momentum(Optimizer):
    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr)
        self.momentum = momentum

    def step(self, grad, state):
        state["v"] = self.momentum * state.get("v", 0) + self.lr * grad
        return state["v"]


class AdaGrad(Optimizer):
    def __init__(self, lr=0.01):
        super().__init__(lr)

    def step(self, grad, state):
        state["h"] = state.get("h", 0) + grad**2
        return self.lr * grad / np.sqrt(state["h"] + 1e-10)


class Adam(Optimizer):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        super().__init__(lr)
        self.beta1, self.beta2 = beta1, beta2

    def step(self, grad, state):
        state["m"] = self.beta1 * state.get("m", 0) + (1 - self.beta1) * grad
        state["v"] = self.beta2 * state.get("v", 0) + (1 - self.beta2) * grad**2
        m = state["m"] / (1 - self.beta1**self.steps)
        v = state["v"] / (1 - self.beta2**self.steps)
        return self.lr * m / np.sqrt(v + 1e-12)
