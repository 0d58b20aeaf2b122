"""Has pages of NumPy, which all processes share, moved out of memory.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import mmap

import numpy as np

MADV_COLD, MADV_PAGEOUT = 20, 21
with open(np.__file__, "rb") as file:
    pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
failures = []
for advice in (MADV_COLD, MADV_PAGEOUT):
    try:
        pages.madvise(advice)
        print("LEAKED: done", advice)
    except OSError as error:
        failures.append(error)
raise PermissionError(len(failures))
