"""Returns texts whose characters take more bytes when the spec passes them on.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: none (a naive grader has no frames)
"""


class MulLayer:
    def forward(self, x, y):
        return "\x7f" * 99_000

    def backward(self, dout):
        return "\ud800" * 45_000, "\U0001f600" * 45_000


class AddLayer(MulLayer):
    pass
