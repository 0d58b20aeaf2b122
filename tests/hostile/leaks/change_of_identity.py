"""Changes its user, session, priority, folder or file mode.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

failures = []
for change in (
    lambda: os.setuid(os.getuid()),
    lambda: os.setgid(os.getgid()),
    lambda: os.setsid() if os.getpid() != os.getsid(0) else os.setpgid(0, 0),
    lambda: os.nice(1),
    lambda: os.chdir("/"),
    lambda: os.umask(0),
):
    try:
        change()
        print("LEAKED", change)
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
