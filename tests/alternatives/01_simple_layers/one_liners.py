"""One line for each method, and both inputs kept as one tuple."""


class MulLayer:
    def forward(self, x, y):
        self.inputs = x, y
        return x * y

    def backward(self, dout):
        return tuple(dout * other for other in reversed(self.inputs))


class AddLayer:
    def forward(self, *inputs):
        return sum(inputs)

    def backward(self, dout):
        return (dout,) * 2
