"""The inputs in one NumPy array, from which the gradients are read backwards."""

import numpy as np


class MulLayer:
    def __init__(self):
        self.xy = None

    def forward(self, x, y):
        self.xy = np.array([x, y])
        return np.prod(self.xy, axis=0)

    def backward(self, dout):
        dx, dy = dout * self.xy[::-1]
        return dx, dy


class AddLayer:
    def forward(self, x, y):
        return np.add(x, y)

    def backward(self, dout):
        return np.copy(dout), np.copy(dout)
