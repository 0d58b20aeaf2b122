"""Starts process after process, fifty at most.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import os

children = []
for _ in range(50):
    child = os.fork()
    if child == 0:
        os._exit(0)
    children.append(child)
for child in children:
    os.waitpid(child, 0)
print("LEAKED", len(children))
