"""Accepts connections on the same machine, at a file.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import socket

server = socket.socket(socket.AF_UNIX)
server.bind("@TMP@/socket")
print("LEAKED at", server)
