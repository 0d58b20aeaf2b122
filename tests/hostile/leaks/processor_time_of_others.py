"""Reads how much processor time another process has used, by the number of its clock.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os
import time

failures = []
for number in (int("@PID@"), os.getppid()):
    for read in (time.clock_gettime_ns, time.clock_getres):
        try:
            print("LEAKED", number, read((~number << 3) | 2))
        except OSError as error:
            failures.append(error)
raise PermissionError(len(failures))
