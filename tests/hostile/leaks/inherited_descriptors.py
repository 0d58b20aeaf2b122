"""Looks for files that its parent process has left open.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os
import stat

for number in range(256):
    try:
        mode = os.fstat(number).st_mode
    except OSError:
        continue
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        print("LEAKED", number)
raise FileNotFoundError("nothing but devices and sockets")
