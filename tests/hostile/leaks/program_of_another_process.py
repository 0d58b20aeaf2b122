"""Looks up the program, the folder and the descriptors of another process by their links.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for number in (int("@PID@"), os.getppid()):
    for link in ("exe", "cwd", "root", "fd/0", "ns/net"):
        try:
            print("LEAKED", number, os.readlink(f"/proc/{number}/{link}"))
        except OSError as error:
            failures.append(error)
raise PermissionError(len(failures))
