"""Looks for the specs, the solutions and pytest among the modules that are loaded.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks pytest
"""

import sys

names = [name for name in sys.modules if name.split(".")[0] in ("pytest", "tests", "solutions")]
if names:
    print("LEAKED", names)
raise LookupError("nothing but a worker")
