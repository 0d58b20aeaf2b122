"""Central differences of forward in backward.

points: 5
breaks: test_Sigmoid_backward_multiplies_dout_by_the_slope test_Relu_gradient_is_zero_at_zero
extends: solution
"""


def differences(layer, dout, h=1e-5):
    above, below = type(layer)().forward(layer.x + h), type(layer)().forward(layer.x - h)
    return dout * (above - below) / (2 * h)


def kept(forward):
    def forward_and_keep(self, x):
        self.x = x.copy()
        return forward(self, x)

    return forward_and_keep


for layer in (Relu, Sigmoid):
    layer.forward, layer.backward = kept(layer.forward), differences
