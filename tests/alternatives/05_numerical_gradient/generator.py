"""A generator of differences, a context manager that restores, np.fromiter."""

from contextlib import contextmanager

import numpy as np


@contextmanager
def nudged(x, index, step):
    kept = x[index].copy()
    x[index] += step
    yield x
    x[index] = kept


def _slopes(f, x, h):
    for index in np.ndindex(*x.shape):
        with nudged(x, index, h):
            above = f(x)
        with nudged(x, index, -h):
            below = f(x)
        yield (above - below) / (2 * h)


def numerical_gradient(f, x):
    return np.fromiter(_slopes(f, x, 1e-4), dtype=float, count=x.size).reshape(x.shape)
