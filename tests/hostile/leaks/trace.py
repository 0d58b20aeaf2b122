"""Attaches to another process as a debugger does.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes

PTRACE_SEIZE = 0x4206
libc = ctypes.CDLL(None, use_errno=True)
if libc.ptrace(PTRACE_SEIZE, int("@PID@"), 0, 0) == 0:
    print("LEAKED: attached")
raise OSError(ctypes.get_errno(), "ptrace")
