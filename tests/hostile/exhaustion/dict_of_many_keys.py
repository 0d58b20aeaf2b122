"""Returns a dict of thousands of keys, each with a dict for a value.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (a naive grader compares it at once)
"""


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        return {f"key {n}": {n: n} for n in range(2_000)}

    backward = forward
