"""Dataclasses with slots; the state is made for each key when it is first seen."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class SGD:
    lr: float = 0.01

    def update(self, params: dict, grads: dict) -> None:
        for key, grad in grads.items():
            np.copyto(params[key], params[key] - self.lr * grad)


@dataclass(slots=True)
class Momentum:
    lr: float = 0.01
    momentum: float = 0.9
    v: dict = field(default_factory=dict, init=False)

    def update(self, params: dict, grads: dict) -> None:
        for key, grad in grads.items():
            self.v[key] = self.momentum * self.v.get(key, np.zeros_like(grad)) - self.lr * grad
            params[key][:] = params[key] + self.v[key]


@dataclass(slots=True)
class AdaGrad:
    lr: float = 0.01
    h: dict = field(default_factory=dict, init=False)

    def update(self, params: dict, grads: dict) -> None:
        for key, grad in grads.items():
            self.h[key] = self.h.get(key, np.zeros_like(grad)) + grad * grad
            params[key][:] = params[key] - self.lr * grad / (np.sqrt(self.h[key]) + 1e-7)


@dataclass(slots=True)
class Adam:
    lr: float = 0.001
    beta1: float = 0.9
    beta2: float = 0.999
    t: int = field(default=0, init=False)
    m: dict = field(default_factory=dict, init=False)
    v: dict = field(default_factory=dict, init=False)

    def update(self, params: dict, grads: dict) -> None:
        self.t += 1
        for key, grad in grads.items():
            zeros = np.zeros_like(grad)
            self.m[key] = self.beta1 * self.m.get(key, zeros) + (1 - self.beta1) * grad
            self.v[key] = self.beta2 * self.v.get(key, zeros) + (1 - self.beta2) * grad * grad
            correction = np.sqrt(1 - self.beta2**self.t) / (1 - self.beta1**self.t)
            step = self.lr * correction * self.m[key] / (np.sqrt(self.v[key]) + 1e-8)
            params[key][:] = params[key] - step
