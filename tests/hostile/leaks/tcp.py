"""Sends data over the network.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import socket

connection = socket.create_connection(("127.0.0.1", int("@PORT@")), 1)
print("LEAKED to", connection)
