"""Has the kernel send a signal for it when its connection ends, which is when it is stopped.

exercise: 03_affine
outcomes: FAILED
points: 0
control: kills
"""

import fcntl
import os
import signal
import socket
import stat

F_SETSIG = 10


def own_connection():
    for number in range(3, 64):
        try:
            if stat.S_ISSOCK(os.fstat(number).st_mode):
                return number
        except OSError:
            pass


number = own_connection()
if number is None:  # the control: it has none, so it makes one
    ours, theirs = socket.socketpair()
    number = ours.fileno()
fcntl.fcntl(number, fcntl.F_SETOWN, int("@PID@"))
fcntl.fcntl(number, F_SETSIG, signal.SIGKILL)
fcntl.fcntl(number, fcntl.F_SETFL, fcntl.fcntl(number, fcntl.F_GETFL) | os.O_ASYNC)
if "theirs" in globals():
    theirs.close()
while True:
    pass
