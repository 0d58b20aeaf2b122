"""Makes a file that has no name, to keep things in.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

number = os.memfd_create("note")
print("LEAKED", number)
