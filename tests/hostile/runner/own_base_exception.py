"""Raises an exception of its own that `except Exception` lets through.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies loop
"""


class Through(BaseException):
    pass


class Affine:
    def __init__(self, W, b):
        raise Through
