"""Writes out an integer of ten million digits.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""

import sys

sys.set_int_max_str_digits(0)
str(10**10_000_000)
