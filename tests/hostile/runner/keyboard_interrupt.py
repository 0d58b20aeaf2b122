"""Raises what is taken for the instructor's own Ctrl-C.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies pytest
"""


class Affine:
    def __init__(self, W, b):
        raise KeyboardInterrupt
