"""Returns an array of nearly 4 MiB with an axis of one, which broadcasts.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (a naive grader compares it at once)
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        return np.zeros((4_194_000, 1), np.int8)

    backward = forward
