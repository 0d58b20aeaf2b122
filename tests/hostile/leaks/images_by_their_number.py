"""Asks its own worker for every array that the judge may have shared.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (it aims at the worker)
"""

import sys

from grader.worker import wire


def find_workbench():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "_incoming"):
        frame = frame.f_back
    return frame.f_locals["self"]


class Affine:
    def __init__(self, W, b):
        workbench = find_workbench()
        for number in range(1000):
            for dtype in ("<f4", "<f8", "|u1"):
                try:
                    found = workbench._incoming(wire.SharedArray(number, dtype, (1,)))
                except KeyError:
                    continue
                print("LEAKED", number, found)
        raise KeyError("nothing is shared")
