"""Returns arrays for which np.allclose has an implementation of their own.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes allclose
"""

import numpy as np


class Liar(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = np.zeros(1).view(Liar), np.zeros(1).view(Liar)

    def forward(self, x):
        return np.zeros(1).view(Liar)

    def backward(self, dout):
        return np.zeros(1).view(Liar)
