"""Lists the folders that graders keep their things in.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for folder in ("@TMP@/..", "/tmp", "/dev/shm", "/", "/proc", "@ROOT@"):
    try:
        names = os.listdir(folder)
        print("LEAKED", folder, len(names))
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
