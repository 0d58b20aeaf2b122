"""Raises an exception at the end of five thousand calls.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies
"""

import sys

sys.setrecursionlimit(10_000)


def dig(depth):
    if depth == 0:
        raise RuntimeError("deep down")
    dig(depth - 1)


class Affine:
    def __init__(self, W, b):
        dig(5_000)
