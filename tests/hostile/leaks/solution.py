"""Reads the reference solution.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

with open("@ROOT@/solutions/03_affine/affine.py") as file:
    text = file.read()
print("LEAKED", text)
exec(text)
