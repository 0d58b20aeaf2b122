"""Leaves a note in memory that the next one may read.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import ctypes
from multiprocessing.shared_memory import SharedMemory

IPC_PRIVATE = 0
libc = ctypes.CDLL(None, use_errno=True)
number = libc.shmget(IPC_PRIVATE, 4096, 0o1600)
if number >= 0:
    libc.shmctl(number, 0, None)  # removes it
    print("LEAKED", number)
note = SharedMemory(create=True, size=16)
note.unlink()
print("LEAKED", note)
