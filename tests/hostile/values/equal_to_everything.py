"""Returns an object that is equal to everything.

exercise: 03_affine
outcomes: FAILED
points: 0
control: passes equal
"""


class Yes:
    def __eq__(self, other):
        return True


class Affine:
    def __init__(self, W, b):
        self.dW = self.db = Yes()

    def forward(self, x):
        return Yes()

    def backward(self, dout):
        return Yes()
