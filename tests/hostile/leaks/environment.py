"""Looks for a secret in the environment.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

secret = os.environ["HOSTILE_SECRET"]
print("LEAKED", secret)
