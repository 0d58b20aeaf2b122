"""Lists and reads what the arguments of its process name, such as a folder of the judge.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os
import sys

failures = []
for name in sys.argv + sys.orig_argv:
    for read in (os.listdir, lambda name: open(name, "rb").read(8)):
        try:
            print("LEAKED", name, read(name))
        except OSError as error:
            failures.append(error)
raise PermissionError(len(failures))
