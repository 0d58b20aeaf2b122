"""Closes its connection and stays, so that the judge waits for an end that does not come.

It does so in the example; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED TIMED_OUT
points: 0
control: none (it aims at the connection between judge and worker)
"""

import os


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if x.shape == (1, 2):
            os.closerange(3, 64)
            while True:
                pass
        return 0 * x

    def backward(self, dout):
        return 0 * dout
