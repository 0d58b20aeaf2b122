"""Never ends to look up an attribute.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""


class Affine:
    def __init__(self, W, b):
        pass

    def __getattr__(self, name):
        while True:
            pass
