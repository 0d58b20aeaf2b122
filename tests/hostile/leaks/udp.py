"""Sends data over the network, without a connection.

exercise: 03_affine
outcomes: FAILED
points: 0
control: leaks
"""

import socket

sent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(
    b"hello", ("127.0.0.1", int("@PORT@"))
)
print("LEAKED", sent)
