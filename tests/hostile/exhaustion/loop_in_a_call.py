"""Never answers.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        while True:
            pass

    backward = forward
