"""Reads the list of user accounts.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

with open("/etc/passwd") as file:
    text = file.read()
print("LEAKED", len(text))
