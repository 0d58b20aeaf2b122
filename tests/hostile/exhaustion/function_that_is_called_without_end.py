"""Calls the function of a spec again and again, with an array as large as it takes.

exercise: 05_numerical_gradient
outcomes: TIMED_OUT
faster: FAILED
points: 0
control: hangs
"""

import numpy as np


def numerical_gradient(f, x):
    while True:
        try:
            f(np.ones((1 << 17, *x.shape[1:])))
        except (RuntimeError, ValueError):
            f(x)
