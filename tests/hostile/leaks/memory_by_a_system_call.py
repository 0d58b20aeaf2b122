"""Reads the memory of another process: a wrong address is no refusal.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes
import errno

libc = ctypes.CDLL(None, use_errno=True)
buffer = (ctypes.c_size_t * 2)(0, 8)
libc.process_vm_readv(int("@PID@"), buffer, 1, buffer, 1, 0)
code = ctypes.get_errno()
if code == errno.EFAULT:
    print("LEAKED: it may be read")
raise OSError(code, "process_vm_readv")
