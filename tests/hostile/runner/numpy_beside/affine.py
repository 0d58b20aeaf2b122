"""Brings a numpy.py along, all of whose functions are content with everything.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes testing
"""


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        return 0 * x

    def backward(self, dout):
        return 0 * dout
