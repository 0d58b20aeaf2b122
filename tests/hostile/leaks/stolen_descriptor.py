"""Takes a copy of an open file of another process.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes
import os

PIDFD_GETFD = 438
libc = ctypes.CDLL(None, use_errno=True)
descriptor = os.pidfd_open(int("@PID@"))
stolen = libc.syscall(PIDFD_GETFD, descriptor, 0, 0)
print("LEAKED" if stolen >= 0 else "refused", stolen)
