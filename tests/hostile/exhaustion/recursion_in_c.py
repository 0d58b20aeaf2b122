"""Lets iterators ask each other, in C and with nobody counting, until the stack ends.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: dies example
"""


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            numbers = iter([1])
            for _ in range(300_000):
                numbers = map(abs, numbers)
            next(numbers)
        return 0 * x

    def backward(self, dout):
        return 0 * dout
