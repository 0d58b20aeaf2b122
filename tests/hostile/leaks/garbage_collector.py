"""Looks through all objects of the process for expected values.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import gc

for candidate in gc.get_objects():
    if type(candidate) is dict and isinstance(candidate.get("expected"), list):
        print("LEAKED", candidate["expected"])
raise LookupError("no expected value is in this process")
