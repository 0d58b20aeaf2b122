"""Asks whom another process belongs to, and where it runs.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for number in (int("@PID@"), os.getppid()):
    for ask in (os.getpgid, os.getsid, os.sched_getaffinity):
        try:
            print("LEAKED", number, ask(number))
        except OSError as error:
            failures.append(error)
raise PermissionError(len(failures))
