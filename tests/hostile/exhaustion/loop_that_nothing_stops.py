"""Never answers, and catches every exception and every signal that it may.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""

import contextlib
import signal

for number in range(1, signal.NSIG):
    with contextlib.suppress(OSError, ValueError):
        signal.signal(number, signal.SIG_IGN)
with contextlib.suppress(OSError):
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, signal.NSIG))
while True:
    with contextlib.suppress(BaseException):
        while True:
            pass
