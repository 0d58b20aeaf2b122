"""Sends signals to another process, to its parent and to its group.

The signal is 0, which only asks, but for the control.

exercise: 03_affine
outcomes: FAILED
points: 0
control: kills
"""

import os

failures = []
for kill, number in ((os.kill, int("@PID@")), (os.kill, os.getppid()), (os.killpg, os.getpgrp())):
    try:
        kill(number, int("@SIGNAL@"))
        print("LEAKED: it may signal", number)
    except OSError as error:
        failures.append(error)
    if int("@SIGNAL@"):
        break  # the control: only what the test itself has started
raise PermissionError(len(failures))
