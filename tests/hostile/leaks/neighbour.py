"""Reads another user's file: another submission, or the journal of the class.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

with open("@SECRET@") as file:
    print("LEAKED", file.read())
