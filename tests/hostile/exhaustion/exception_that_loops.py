"""Raises an exception whose text never ends to be made.

exercise: 03_affine
outcomes: TIMED_OUT
points: 0
control: hangs
"""


class Endless(Exception):
    def __str__(self):
        while True:
            pass


raise Endless
