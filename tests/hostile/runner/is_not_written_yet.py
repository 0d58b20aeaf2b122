"""Claims that it is not written yet.

exercise: 03_affine
outcomes: NOT_STARTED
points: 0
control: none (a naive grader has no such outcome)
"""


class Affine:
    def __init__(self, W, b):
        raise NotImplementedError("the course itself failed here, not your code")
