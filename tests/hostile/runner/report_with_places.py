"""Reports an exception in files of the judge, at line -1, and in the module of another exercise.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import json
import struct

from grader.worker import wire


def forge(header, blob=b""):
    """Send this instead of all replies; the number of the request is put in."""

    def encode(reply, bounds):
        text = header.replace(b"ID", str(reply["id"]).encode())
        return struct.pack("<II", len(text), len(blob)) + text + blob

    wire.encode = encode


def report(**fields):
    """Send an exception with these parts."""
    error = {"message": "", "frames": [], "imported": None, "importing": None, "hint": "", **fields}
    # A list begins with a word for its kind.
    error["frames"] = ["list", *error["frames"]]
    forge(json.dumps({"id": "ID", "output": "", "error": error}).replace('"ID"', "ID").encode())


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        place = {
            "file": "../../../solutions/03_affine/affine.py",
            "line": -(2**63),
            "column": 2**62,
        }
        frame = {**place, "code": "</script>\x1b[2J", "module": "numerical_gradient"}
        report(type="NotImplementedError", message="at  affine.py:1\n" * 50, frames=[frame] * 200)

    backward = forward
