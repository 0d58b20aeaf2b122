"""Reports an exception from a later exercise, in a file of the judge, at a line that is not there.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (there is no report to forge)
"""

import sys

from grader.worker import wire


def desk():
    """The object that answers the judge's requests."""
    frame = sys._getframe()
    while frame:
        found = frame.f_locals.get("self")
        if hasattr(found, "channel") and hasattr(found, "workbench"):
            return found
        frame = frame.f_back


def forge():
    """Replace the next answer."""
    channel = desk().channel
    place = {
        "file": "../../../solutions/03_affine/affine.py",
        "line": -(2**63),
        "code": "</script>\x1b[2J",
        "module": "numerical_gradient",
        "column": 2**62,
    }
    report = {
        "type": "NotImplementedError",
        "message": "at        affine.py:1\n" * 50,
        "frames": [place] * 200,
        "imported": None,
        "importing": None,
        "hint": "x" * 10**6,
    }

    def send(message, remaining=None):
        reply = wire.encode({"id": message["id"], "output": "", "error": report})
        channel._connection.sendall(reply)

    channel.send = send


class Affine:
    def __init__(self, W, b):
        self.x = self.dW = self.db = None

    def forward(self, x):
        forge()

    def backward(self, dout):
        forge()
