"""Raises an exception with a text, and a class with a name, of many mebibytes.

exercise: 03_affine
outcomes: FAILED
points: 0
control: floods
"""

raise type("Long" * (1 << 20), (Exception,), {})("x" * (16 << 20))
