"""Leaves a note in a queue or a key ring of the kernel.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
queue = libc.msgget(0, 0o1600)
if queue >= 0:
    libc.msgctl(queue, 0, None)  # removes it
    print("LEAKED", queue)
if libc.semget(0, 1, 0) >= 0 or ctypes.get_errno() not in (errno.EPERM, errno.ENOSYS):
    print("LEAKED: semaphores")
raise PermissionError("no queue")
