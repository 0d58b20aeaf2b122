"""Ends its process just before its time for one call is over, again and again.

The time of a call that ends in a crash counts as well: that of the exercise is over after three.

exercise: 03_affine
outcomes: CRASHED TIMED_OUT
points: 0
control: none (a naive grader ends with it)
"""

import os
import time


class Affine:
    def __init__(self, W, b):
        time.sleep(0.2)
        os._exit(0)
