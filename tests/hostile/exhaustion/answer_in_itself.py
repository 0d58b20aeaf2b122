"""Returns a list that is an item of itself, and a dict likewise.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies
"""


class Affine:
    def __init__(self, W, b):
        ring = []
        ring.append(ring)
        knot = {}
        knot["knot"] = knot
        self.dW, self.db, self.ring = knot, knot, ring

    def forward(self, x):
        return self.ring

    backward = forward
