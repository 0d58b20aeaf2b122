"""Finds the memory of the process that started it, and opens it.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for name in ("maps", "mem", "cmdline", "stat"):
    try:
        with open(f"/proc/{os.getppid()}/{name}", "rb"):
            pass
        print("LEAKED", name)
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
