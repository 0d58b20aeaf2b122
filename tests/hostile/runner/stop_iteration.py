"""Raises StopIteration, which ends a loop of the caller.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes iterate
"""


class Affine:
    def __init__(self, W, b):
        raise StopIteration
