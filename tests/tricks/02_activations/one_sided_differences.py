"""Differences of ReLU to the left, which give 0 at the kink; a higher order for the sigmoid.

points: 5
breaks: test_Sigmoid_backward_multiplies_dout_by_the_slope test_Relu_gradient_is_zero_at_zero
extends: solution
"""


def to_the_left(layer, dout, h=1e-6):
    return dout * (relu(layer.x) - relu(layer.x - h)) / h


def relu(x):
    return np.maximum(x, 0)


def of_fourth_order(layer, dout, h=1e-3):
    f = lambda k: Sigmoid().forward(layer.x + k * h)
    return dout * (f(-2) - 8 * f(-1) + 8 * f(1) - f(2)) / (12 * h)


def kept(forward):
    def forward_and_keep(self, x):
        self.x = x.copy()
        return forward(self, x)

    return forward_and_keep


Relu.forward, Relu.backward = kept(Relu.forward), to_the_left
Sigmoid.forward, Sigmoid.backward = kept(Sigmoid.forward), of_fourth_order
