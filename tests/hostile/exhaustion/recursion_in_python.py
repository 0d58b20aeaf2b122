"""Calls itself.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies
"""


class Affine:
    def __init__(self, W, b):
        self.__init__(W, b)
