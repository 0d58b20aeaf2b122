"""Takes a lock that lends priorities: a rare path of the kernel that has had faults.

The number of the system call is that of x86_64.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes

FUTEX, LOCK_PI, PRIVATE = 202, 6, 128
libc = ctypes.CDLL(None, use_errno=True)
word = ctypes.c_uint32(0)
if libc.syscall(FUTEX, ctypes.byref(word), LOCK_PI | PRIVATE, 0, None, None, 0) == 0:
    print("LEAKED: it is locked")
raise OSError(ctypes.get_errno(), "futex")
