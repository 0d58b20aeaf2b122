"""Imports the grader's own judge, with the course's folder on the path.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import sys

sys.path.insert(0, "@ROOT@")
import grader.verdicts.verdict

print("LEAKED", grader.verdicts.verdict)
