"""The affine layer itself flattens and restores, as the book's does; an OrderedDict."""

from collections import OrderedDict

import affine
import numpy as np
from activations import Relu
from convolution import Convolution
from optimizers import Adam
from pooling import Pooling
from softmax_with_loss import SoftmaxWithLoss


class Affine(affine.Affine):
    def forward(self, x):
        self.shape = x.shape
        return super().forward(x.reshape(len(x), -1))

    def backward(self, dout):
        return super().backward(dout).reshape(self.shape)


class SimpleConvNet:
    def __init__(
        self,
        input_dim=(1, 28, 28),
        conv_param={"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1},
        hidden_size=100,
        output_size=10,
        weight_init_std=0.01,
    ):
        channels, height, _ = input_dim
        n, size = conv_param["filter_num"], conv_param["filter_size"]
        out = (height - size + 2 * conv_param["pad"]) // conv_param["stride"] + 1
        flat = n * (out // 2) ** 2
        std = weight_init_std
        self.params = {}
        self.params["W1"] = std * np.random.randn(n, channels, size, size)
        self.params["b1"] = np.zeros(n)
        self.params["W2"] = std * np.random.randn(flat, hidden_size)
        self.params["b2"] = np.zeros(hidden_size)
        self.params["W3"] = std * np.random.randn(hidden_size, output_size)
        self.params["b3"] = np.zeros(output_size)
        p = self.params
        self.layers = OrderedDict(
            Conv1=Convolution(p["W1"], p["b1"], conv_param["stride"], conv_param["pad"]),
            Relu1=Relu(),
            Pool1=Pooling(2, 2, 2),
            Affine1=Affine(p["W2"], p["b2"]),
            Relu2=Relu(),
            Affine2=Affine(p["W3"], p["b3"]),
        )
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x, t, batch_size=100):
        return float(np.mean(self.predict(x).argmax(axis=1) == t.argmax(axis=1)))

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for name in list(self.layers)[::-1]:
            dout = self.layers[name].backward(dout)
        grads = {}
        for i, name in enumerate(("Conv1", "Affine1", "Affine2"), 1):
            grads[f"W{i}"], grads[f"b{i}"] = self.layers[name].dW, self.layers[name].db
        return grads


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.001, rng):
    adam, losses = Adam(learning_rate), []
    for _ in range(iterations):
        chosen = rng.choice(len(x_train), batch_size)
        x, t = x_train[chosen], t_train[chosen]
        losses.append(network.loss(x, t))
        adam.update(network.params, network.gradient(x, t))
    return losses
