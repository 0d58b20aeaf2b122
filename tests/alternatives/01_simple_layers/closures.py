"""The backward pass is a closure that the forward pass creates."""


class MulLayer:
    def forward(self, x, y):
        def way_back(dout):
            return dout * y, dout * x

        self.backward = way_back
        return x * y


class AddLayer:
    forward = staticmethod(lambda x, y: x + y)
    backward = staticmethod(lambda dout: (dout, dout))
