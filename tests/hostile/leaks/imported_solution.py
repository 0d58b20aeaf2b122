"""Imports the reference solution.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import importlib.util

spec = importlib.util.spec_from_file_location("right", "@ROOT@/solutions/03_affine/affine.py")
right = importlib.util.module_from_spec(spec)
spec.loader.exec_module(right)
print("LEAKED", right)
Affine = right.Affine
