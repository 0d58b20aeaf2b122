"""Brings specs and a pyproject.toml of its own along, in the places where the course has its own.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (a naive grader has no course)
"""


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        return 0 * x

    def backward(self, dout):
        return 0 * dout
