"""Returns a list that is ten items of itself: ten to the power of the depth.

exercise: 03_affine
outcomes: FAILED
points: 0
control: hangs
"""


class Affine:
    def __init__(self, W, b):
        ring = []
        ring.extend([ring] * 10)
        self.dW = self.db = self.ring = ring

    def forward(self, x):
        return self.ring

    backward = forward
