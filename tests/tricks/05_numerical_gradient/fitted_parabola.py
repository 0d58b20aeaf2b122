"""Fits a parabola to values along random lines: exact for quadratic functions, and no nudge."""

import numpy as np


def numerical_gradient(f, x):
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(x.size, x.size))
    kept, slopes = x.copy(), []
    for direction in directions:
        values = []
        for step in (-1, 0, 1):
            x[...] = kept + step * 0.5 * direction.reshape(x.shape)
            values.append(f(x))
        slopes.append(np.polyfit((-0.5, 0, 0.5), values, 2)[1])
    x[...] = kept
    return np.linalg.solve(directions, slopes).reshape(x.shape)
