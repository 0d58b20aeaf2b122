"""Answers every question with a reference to an object that was never there.

exercise: 03_affine
outcomes: CRASHED
points: 0
control: none (it aims at the frames between judge and worker)
"""

from grader.worker import wire
from grader.worker.workbench import Workbench

Workbench._outgoing = lambda self, value, depth: wire.Remote(10**100, "ndarray" * 1000)


class Affine:
    dW = db = None

    def __init__(self, W, b):
        pass

    def forward(self, x):
        return None

    backward = forward
