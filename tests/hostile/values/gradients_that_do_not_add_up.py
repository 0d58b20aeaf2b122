"""Returns gradients that a spec cannot add: that is no error of the course.

exercise: 01_simple_layers
outcomes: FAILED
points: 0
control: none (it aims at outcomes that a naive grader does not have)
"""


class MulLayer:
    def forward(self, x, y):
        return {x: y}

    def backward(self, dout):
        return {"a": dout}, [None]


class AddLayer(MulLayer):
    pass
