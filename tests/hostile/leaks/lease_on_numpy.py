"""Takes a lease on a file of NumPy's: opening it has to wait until the lease is released.

Only the owner of a file may take one; a course in a virtual environment is owned by the grader.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (it needs to be the owner of NumPy)
"""

import fcntl
import os
import signal

import numpy as np

signal.signal(signal.SIGIO, signal.SIG_IGN)
file = open(os.path.join(os.path.dirname(np.__file__), "conftest.py"))
fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
print("LEAKED: leased")
