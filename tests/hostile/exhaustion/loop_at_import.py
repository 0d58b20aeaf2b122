"""Never ends to be imported.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""

while True:
    pass
