"""Has the standard library write down another answer.

It does so for a batch of one; all other results are simply wrong.

exercise: 03_affine
outcomes: CRASHED FAILED
points: 0
control: none (it aims at the frames between judge and worker)
"""

import json


def another_answer(self, reply):
    return '{"id":%d,"output":"","answer":true}' % (reply["id"] + 1)


class Affine:
    def __init__(self, W, b):
        self.dW, self.db = 0 * W, 0 * b

    def forward(self, x):
        if len(x) == 1:
            json.JSONEncoder.encode = another_answer
        return 0 * x

    def backward(self, dout):
        return 0 * dout
