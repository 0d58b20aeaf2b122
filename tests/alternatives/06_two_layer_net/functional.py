"""functools.reduce forward and backward, a dict subclass for the parameters, a global generator."""

from functools import partial, reduce

import numpy as np
from activations import Relu
from affine import Affine
from numerical_gradient import numerical_gradient
from softmax_with_loss import SoftmaxWithLoss

_random = np.random.default_rng()


class Params(dict):
    def __getattr__(self, name):
        return self[name]


class TwoLayerNet:
    def __init__(self, input_size, hidden_size, output_size, weight_init_std=0.01):
        normal = partial(_random.normal, 0, weight_init_std)
        self.params = Params(
            W1=normal(size=(input_size, hidden_size)),
            b1=np.zeros(hidden_size),
            W2=normal(size=(hidden_size, output_size)),
            b2=np.zeros((output_size,)),
        )
        self.layers = dict(
            Affine1=Affine(self.params.W1, self.params.b1),
            Relu1=Relu(),
            Affine2=Affine(W=self.params.W2, b=self.params.b2),
        )
        self._loss_layer = SoftmaxWithLoss()

    def predict(self, x):
        return reduce(lambda out, layer: layer.forward(out), self.layers.values(), x)

    def loss(self, x, t):
        return self._loss_layer.forward(self.predict(x), t)

    def accuracy(self, x, t):
        right = np.take_along_axis(t, self.predict(x).argmax(axis=1)[:, None], axis=1)
        return right.mean()

    def numerical_gradient(self, x, t):
        slope = partial(numerical_gradient, lambda _: self.loss(x, t))
        return dict(zip(self.params, map(slope, self.params.values())))

    def gradient(self, x, t):
        self.loss(x, t)
        start = self._loss_layer.backward(1)
        reduce(lambda dout, layer: layer.backward(dout), reversed(self.layers.values()), start)
        first, _, second = self.layers.values()
        return dict(W1=first.dW, b1=first.db, W2=second.dW, b2=second.db)
