"""A generator for each parameter, which remembers its state in local variables."""

import numpy as np


class SGD:
    def __init__(self, lr=0.01):
        self.running = {}
        self.lr = lr

    def steps_of(self, param):
        while True:
            grad = yield
            param -= self.lr * grad

    def update(self, params, grads):
        for key, param in params.items():
            if key not in self.running:
                self.running[key] = self.steps_of(param)
                next(self.running[key])
            self.running[key].send(grads[key])


class Momentum(SGD):
    def __init__(self, lr=0.01, momentum=0.9):
        super().__init__(lr)
        self.momentum = momentum

    def steps_of(self, param):
        v = np.zeros_like(param)
        while True:
            grad = yield
            v = self.momentum * v - self.lr * grad
            param += v


class AdaGrad(SGD):
    def steps_of(self, param):
        h = np.zeros_like(param)
        while True:
            grad = yield
            h += np.square(grad)
            param -= np.divide(self.lr * grad, np.sqrt(h), out=np.zeros_like(h), where=h > 0)


class Adam(SGD):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        super().__init__(lr)
        self.beta1, self.beta2 = beta1, beta2

    def steps_of(self, param):
        m, v = np.zeros_like(param), np.zeros_like(param)
        product1 = product2 = 1.0
        while True:
            grad = yield
            product1, product2 = product1 * self.beta1, product2 * self.beta2
            m = self.beta1 * m + (1 - self.beta1) * grad
            v = self.beta2 * v + (1 - self.beta2) * np.power(grad, 2)
            m_hat, v_hat = m / (1 - product1), v / (1 - product2)
            param -= self.lr * m_hat / (np.sqrt(v_hat) + 1e-8)
