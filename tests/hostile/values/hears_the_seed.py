"""Listens to what its worker is told, and draws the hidden inputs of each spec beforehand.

It is right otherwise, and deserves its points; but the inputs must come as a surprise.

exercise: 03_affine
outcomes: PASSED
points: 10
control: none (it aims at the requests between judge and worker)
"""

import numpy as np

from grader.worker.workbench import Workbench

seeds = [0]
begin_spec = Workbench._begin


def begin(self, seed):
    seeds.append(seed)
    begin_spec(self, seed)


Workbench._begin = begin


class Affine:
    def __init__(self, W, b):
        self.W, self.b = W, b

    def forward(self, x):
        if np.array_equal(x, np.random.default_rng(seeds[-1]).normal(size=x.shape)):
            print("LEAKED the seed")
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        self.dW, self.db = np.dot(self.x.T, dout), dout.sum(axis=0)
        return np.dot(dout, self.W.T)
