"""Raises an exception whose class fails when it is asked for its name.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: dies example
"""


class Meta(type):
    @property
    def __name__(cls):
        raise KeyboardInterrupt


class Nameless(Exception, metaclass=Meta):
    def __str__(self):
        raise SystemExit(0)


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            raise Nameless
        return 0 * x

    def backward(self, dout):
        return 0 * dout
