"""Matches a regular expression that takes longer than there is time.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""

import re

re.match("(a+)+$", "a" * 64 + "b")
