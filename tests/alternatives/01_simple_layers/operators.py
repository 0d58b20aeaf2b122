"""The functions of the module operator, and copies by `1 * dout`."""

import operator


class MulLayer:
    def __init__(self):
        self._kept = {}

    def forward(self, x, y):
        self._kept.update(x=x, y=y)
        return operator.mul(x, y)

    def backward(self, dout):
        dx = operator.mul(dout, self._kept["y"])
        dy = operator.mul(dout, self._kept["x"])
        return dx, dy


class AddLayer:
    def __init__(self):
        pass

    def forward(self, x, y):
        return operator.add(x, y)

    def backward(self, dout):
        dx = dout * 1
        dy = dout * 1
        return dx, dy
