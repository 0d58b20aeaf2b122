"""Returns lists nested ten thousand deep.

exercise: 03_affine
outcomes: FAILED
points: 0
control: dies
"""


class Affine:
    def __init__(self, W, b):
        nest = []
        for _ in range(10_000):
            nest = [nest]
        self.dW = self.db = self.nest = nest

    def forward(self, x):
        return self.nest

    backward = forward
