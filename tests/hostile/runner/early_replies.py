"""Sends the answers to a thousand questions before they are asked.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import gc

from grader.worker.wire import Channel


def early():
    for channel in gc.get_objects():
        if type(channel) is Channel:
            for number in range(1, 1000):
                channel.send({"id": number, "output": "", "answer": True})


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            early()
        return 0 * x

    def backward(self, dout):
        return 0 * dout
