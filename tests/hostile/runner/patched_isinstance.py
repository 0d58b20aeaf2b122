"""Has everything be an instance of everything.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at how the worker writes an answer)
"""

import builtins


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            builtins.isinstance = lambda value, kind: True
            return object()
        return 0 * x

    def backward(self, dout):
        return 0 * dout
