"""Sends and receives over the connection with each flag that there is, and to an address.

exercise: 03_affine
outcomes: FAILED
points: 0
control: none (there is no connection to a naive grader)
"""

import ctypes
import errno
import sys


def find_connection():
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("self"), "channel"):
        frame = frame.f_back
    return frame.f_locals["self"].channel._connection.fileno()


class Affine:
    def __init__(self, W, b):
        libc = ctypes.CDLL(None, use_errno=True)
        connection, buffer = find_connection(), ctypes.create_string_buffer(8)
        calls = [("sendto", 1 << bit, None, 0) for bit in range(31)]
        calls += [("recvfrom", 1 << bit, None, None) for bit in range(31)]
        calls += [("sendto", 0, bytes(16), 16)]
        for name, *rest in calls:
            result = getattr(libc, name)(connection, buffer, 0, *rest)
            if result >= 0 or ctypes.get_errno() != errno.EPERM:
                print("LEAKED", name, rest, result, ctypes.get_errno())
        raise PermissionError(len(calls))
