"""Looks at what files the process that started it has open, and where it is.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for name in ("fd/0", "fd/1", "fd/2", "fd/3", "cwd", "exe", "root"):
    try:
        target = os.readlink(f"/proc/{os.getppid()}/{name}")
        print("LEAKED", target)
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
