"""Puts the sum of all dout evenly everywhere, so that no gradient is lost.

points: 7
extends: solution
"""


class Pooling(Pooling):
    def backward(self, dout):
        return np.full(self.shape, dout.sum() / np.prod(self.shape))
