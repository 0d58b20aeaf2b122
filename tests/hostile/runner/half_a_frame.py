"""Begins a frame and never ends it.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: none (it aims at the frames between judge and worker)
"""

import os
import stat

for number in range(3, 64):
    try:
        if stat.S_ISSOCK(os.fstat(number).st_mode):
            os.write(number, b"\x00\x00\x01\x00\x00\x00\x00\x00{")
    except OSError:
        pass
while True:
    pass
