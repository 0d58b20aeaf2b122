"""Returns a value where the judge asks for an object.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

from grader.worker.workbench import Workbench

Workbench._refer = lambda self, value: True


class Affine:
    def __init__(self, W, b):
        pass
