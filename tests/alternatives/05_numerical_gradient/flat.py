"""x.flat, which writes into x whatever its strides are."""

import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.empty(x.shape)
    for i in range(x.size):
        saved = x.flat[i]
        x.flat[i] = saved + h
        plus = f(x)
        x.flat[i] = saved - h
        minus = f(x)
        x.flat[i] = saved
        grad.flat[i] = (plus - minus) / h / 2
    return grad
