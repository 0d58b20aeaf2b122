"""Moves everything a little against the sign of its gradient, in place.

points: 3
breaks: test_SGD_steps_against_the_gradient
"""

import numpy as np


class Any:
    def __init__(self, lr=0.01, **others):
        pass

    def update(self, params, grads):
        for key in params:
            params[key] -= 1e-3 * np.sign(grads[key])


class SGD(Any):
    pass


class Momentum(Any):
    pass


class AdaGrad(Any):
    pass


class Adam(Any):
    pass
