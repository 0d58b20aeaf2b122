"""Calculates an integer of eight gibibytes.

exercise: 03_affine
outcomes: FAILED
points: 0
control: exhausts
"""

number = 1 << (8 << 33)
