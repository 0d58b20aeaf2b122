"""Opens another user's file with O_PATH, which needs no right, and reopens that for reading.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

place = os.open("@SECRET@", os.O_PATH)
with open(f"/proc/self/fd/{place}") as file:
    print("LEAKED", file.read())
