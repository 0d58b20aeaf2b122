"""ndenumerate over a copy, and try/finally to put x back."""

import numpy as np

H = 1e-4


def numerical_gradient(f, x):
    grad = np.zeros(x.shape, dtype=x.dtype)
    for index, value in np.ndenumerate(x.copy()):
        try:
            x[index] = value + H
            grad[index] = f(x)
            x[index] = value - H
            grad[index] -= f(x)
        finally:
            x[index] = value
    return grad / (2 * H)
