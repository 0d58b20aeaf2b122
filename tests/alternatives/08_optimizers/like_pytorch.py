"""As PyTorch writes them: the learning rate outside of the velocity, the correction in the root."""

import numpy as np


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for key in params:
            params[key] += -self.lr * grads[key]


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = {}

    def update(self, params, grads):
        for key, grad in grads.items():
            if key in self.v:
                self.v[key] = self.momentum * self.v[key] + grad
            else:
                self.v[key] = np.array(grad)
            params[key] -= self.lr * self.v[key]


class AdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = dict.fromkeys(params, 0.0)
        for key, grad in grads.items():
            self.h[key] = self.h[key] + grad * grad
            params[key] -= self.lr * grad / (self.h[key] ** 0.5 + 1e-10)


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr = lr
        self.betas = beta1, beta2
        self.state = {}

    def update(self, params, grads):
        beta1, beta2 = self.betas
        for key, grad in grads.items():
            state = self.state.setdefault(key, {"step": 0, "exp_avg": 0.0, "exp_avg_sq": 0.0})
            state["step"] += 1
            state["exp_avg"] = state["exp_avg"] + (grad - state["exp_avg"]) * (1 - beta1)
            state["exp_avg_sq"] = state["exp_avg_sq"] * beta2 + (1 - beta2) * grad * grad
            bias1 = 1 - beta1 ** state["step"]
            bias2 = 1 - beta2 ** state["step"]
            denominator = np.sqrt(state["exp_avg_sq"]) / np.sqrt(bias2) + 1e-8
            params[key] -= self.lr / bias1 * state["exp_avg"] / denominator
