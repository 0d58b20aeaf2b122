"""Reads the hidden specs.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

with open("@ROOT@/tests/specs/test_03_affine.py") as file:
    print("LEAKED", file.read())
