"""Creates a link to another user's file where it may read.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

os.symlink("@SECRET@", "@TMP@/link")
with open("@TMP@/link") as file:
    print("LEAKED", file.read())
