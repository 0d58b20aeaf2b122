"""Slots in place of a dict of attributes, a base class, and `__call__` as another name."""


class Node:
    __slots__ = ()

    def __call__(self, x, y):
        return self.forward(x, y)


class MulLayer(Node):
    __slots__ = ("left", "right")

    def forward(self, x, y):
        self.left, self.right = x, y
        return self.left * self.right

    def backward(self, dout):
        return self.right * dout, self.left * dout


class AddLayer(Node):
    __slots__ = ()

    def forward(self, x, y):
        return y + x

    def backward(self, dout):
        return dout, dout
