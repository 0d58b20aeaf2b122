"""Sleeps, which takes no processor time.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""

import time


class Affine:
    def __init__(self, W, b):
        time.sleep(1000)
