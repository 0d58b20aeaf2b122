"""Returns the numbers of the lesson's example, whatever it is asked.

Numbers that are drawn stand beside the example, so it is worth nothing.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes example
"""

import numpy as np


class Affine:
    dW, db = np.array([[1.0, 0.0], [1.0, 0.0]]), np.array([1.0, 0.0])

    def __init__(self, W, b):
        pass

    def forward(self, x):
        return np.array([[14.0, 26.0]])

    def backward(self, dout):
        return np.array([[1.0, 3.0]])
