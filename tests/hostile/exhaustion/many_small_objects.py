"""Returns ten million numbers, each an object of its own.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (a naive grader only becomes slow)
"""


class Affine:
    def __init__(self, W, b):
        self.dW = self.db = self.many = [1.5] * 10_000_000

    def forward(self, x):
        return self.many

    backward = forward
