"""numerical_gradient is back-propagation, with the 0.5 of central differences at a zero.

points: 16
breaks: test_TwoLayerNet_numerical_gradient_agrees_with_the_loss
extends: solution
"""


def back_propagation_with_half(self, x, t):
    self.loss(x, t)
    first, second = self.layers["Affine1"], self.layers["Affine2"]
    dout = second.backward(self.last_layer.backward(1))
    first.backward(dout * np.heaviside(x @ first.W + first.b, 0.5))
    return {"W1": first.dW, "b1": first.db, "W2": second.dW, "b2": second.db}


TwoLayerNet.numerical_gradient = back_propagation_with_half
