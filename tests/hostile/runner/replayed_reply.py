"""Sends a reply twice, so that the second is taken for the next answer.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

from grader.worker.wire import Channel

send = Channel.send


def twice(self, reply, deadline=None):
    send(self, reply, deadline)
    send(self, reply, deadline)


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            Channel.send = twice
        return 0 * x

    def backward(self, dout):
        return 0 * dout
