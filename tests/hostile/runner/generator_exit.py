"""Raises GeneratorExit, which `except Exception` lets through.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies loop
"""


class Affine:
    def __init__(self, W, b):
        raise GeneratorExit
