"""An OrderedDict of layers, reversed as a list, and another name for the last layer."""

from collections import OrderedDict

import numpy as np
from activations import Relu
from affine import Affine
from numerical_gradient import numerical_gradient
from softmax_with_loss import SoftmaxWithLoss


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        p = self.params = {}
        p["W1"] = weight_init_std * np.random.randn(input_size, hidden_size)
        p["b1"] = np.zeros(hidden_size)
        p["W2"] = weight_init_std * np.random.randn(hidden_size, output_size)
        p["b2"] = np.zeros(output_size)
        self.layers = OrderedDict()
        self.layers["Affine1"] = Affine(p["W1"], p["b1"])
        self.layers["Relu1"] = Relu()
        self.layers["Affine2"] = Affine(p["W2"], p["b2"])
        self.criterion = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.criterion.forward(self.predict(x), t)

    def accuracy(self, x, t):
        return (self.predict(x).argmax(1) == t.argmax(1)).sum() / float(len(x))

    def numerical_gradient(self, x, t):
        grads = {}
        for key in self.params:
            grads[key] = numerical_gradient(lambda W: self.loss(x, t), self.params[key])
        return grads

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.criterion.backward()
        for layer in list(self.layers.values())[::-1]:
            dout = layer.backward(dout)
        grads = OrderedDict()
        for n in "1", "2":
            grads["W" + n] = self.layers["Affine" + n].dW
            grads["b" + n] = self.layers["Affine" + n].db
        return grads
