"""Reports that its own module is missing, as if nothing had been handed in.

exercise: 03_affine
outcomes: CRASHED FAILED
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
        report(type="ModuleNotFoundError", message="No module named 'affine'", imported="affine")

    backward = forward
