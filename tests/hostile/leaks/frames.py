"""Looks through all frames below it for what belongs to a test.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import sys


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        frame = sys._getframe()
        while frame is not None:
            names = {"expected", "student", "item", "rng"} & {*frame.f_locals, *frame.f_globals}
            if names:
                print("LEAKED", names)
            frame = frame.f_back
        raise LookupError("no test is below")

    backward = forward
