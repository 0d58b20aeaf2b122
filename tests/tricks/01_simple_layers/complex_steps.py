"""Complex steps of forward in backward; the two nodes share the way."""

STEP = 1e-20


class Node:
    def forward(self, x, y):
        self.inputs = x, y
        return self.function(x, y)

    def backward(self, dout):
        x, y = self.inputs
        dx = self.function(complex(x, STEP), complex(y)).imag / STEP
        dy = self.function(complex(x), complex(y, STEP)).imag / STEP
        return dout * dx, dout * dy


class MulLayer(Node):
    def function(self, x, y):
        return x * y


class AddLayer(Node):
    def function(self, x, y):
        return (x + y) * 1
