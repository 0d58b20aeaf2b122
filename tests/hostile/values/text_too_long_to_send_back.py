"""Returns a text that makes the request too large in which the spec passes it on.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: none (a naive grader has no frames)
"""


class MulLayer:
    def forward(self, x, y):
        return "x" * ((4 << 20) - 60)

    def backward(self, dout):
        return dout, dout


class AddLayer(MulLayer):
    pass
