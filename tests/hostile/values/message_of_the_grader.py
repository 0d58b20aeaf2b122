"""Answers with a message in the words of the grader.

exercise: 03_affine
outcomes: CRASHED
points: 0
control: none (it aims at the frames between judge and worker)
takes: long
"""

import struct

from grader.worker import wire


def forge(header, blob=b""):
    """Send this instead of all replies; the number of the request is put in."""

    def encode(reply, bounds):
        text = header.replace(b"ID", str(reply["id"]).encode())
        return struct.pack("<II", len(text), len(blob)) + text + blob

    wire.encode = encode


class Affine:
    def __init__(self, W, b):
        pass

    def forward(self, x):
        forge(b'{"id":ID,"output":"","answer":["msg","not your code",{}]}')

    backward = forward
