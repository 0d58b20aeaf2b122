"""Takes four gibibytes at once.

exercise: 03_affine
outcomes: FAILED
points: 0
control: exhausts
"""


class Affine:
    def __init__(self, W, b):
        self.hoard = bytearray(4 << 30)
