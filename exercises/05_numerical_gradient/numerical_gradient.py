"""The gradient by brute force: nudge every number a little and see what happens."""

from collections.abc import Callable

import numpy as np


def numerical_gradient(f: Callable[[np.ndarray], float], x: np.ndarray) -> np.ndarray:
    """Estimate the gradient of f at x by central differences.

    Parameters
    ----------
    f : callable
        Takes x and returns one number. It may also ignore its argument and read the array x
        itself, as a network's loss does, so x must be nudged in place. Stretch: it is called
        exactly twice for each entry of x.
    x : ndarray of float, any shape
        The point at which to estimate the gradient. Afterwards it holds exactly the same numbers
        as before.

    Returns
    -------
    grad : ndarray, shape of x
        ``grad[i]`` is ``(f(x with x[i] + h) - f(x with x[i] - h)) / (2 * h)`` with h = 1e-4.
        For f(x) = x[0]**2 + x[1]**2 at [3.0, 4.0] it is [6.0, 8.0].
    """
    # TODO: for each index of x: nudge x[index] up, call f, nudge it down, call f, restore it.
    raise NotImplementedError("numerical_gradient: return the estimated gradient")
