"""Accepts connections and sends data.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import socket

server = socket.create_server(("127.0.0.1", 0))
print("LEAKED at", server)
