"""Reads the environment of the process that started it.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

with open(f"/proc/{os.getppid()}/environ", "rb") as file:
    content = file.read()
print("LEAKED", len(content))
