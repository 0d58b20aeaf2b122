"""Sends data to a process on the same machine, by a name that is not a file.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import socket

connection = socket.socket(socket.AF_UNIX)
connection.connect("\0@SOCKET@")
print("LEAKED to", connection)
