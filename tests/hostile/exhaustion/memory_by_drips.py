"""Takes four gibibytes, by 64 mebibytes at a time.

exercise: 03_affine
outcomes: FAILED
points: 0
control: exhausts
"""

import numpy as np


class Affine:
    def __init__(self, W, b):
        self.hoard = [np.empty(64 << 20, dtype=np.uint8) for _ in range(64)]
