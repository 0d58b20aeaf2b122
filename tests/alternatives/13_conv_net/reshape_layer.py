"""Inherits from a general network; a Reshape layer with sizes; batches from permutations."""

import numpy as np
from activations import Relu
from affine import Affine
from convolution import Convolution
from optimizers import Adam
from pooling import Pooling
from softmax_with_loss import SoftmaxWithLoss


class Network:
    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.criterion.forward(self.predict(x), t)

    def accuracy(self, x, t, batch_size=100):
        hits = [
            self.predict(x[i : i + batch_size]).argmax(1) == t[i : i + batch_size].argmax(1)
            for i in range(0, len(x), batch_size)
        ]
        return np.concatenate(hits).mean()

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.criterion.backward()
        for layer in list(self.layers.values())[::-1]:
            dout = layer.backward(dout)
        return {
            f"{kind}{i}": getattr(self.layers[name], f"d{kind}")
            for i, name in enumerate(("Conv1", "Affine1", "Affine2"), 1)
            for kind in "Wb"
        }


class Reshape:
    def __init__(self, *maps):
        self.maps = maps

    def forward(self, x):
        return x.reshape(-1, int(np.prod(self.maps)))

    def backward(self, dout):
        return dout.reshape(-1, *self.maps)


class SimpleConvNet(Network):
    def __init__(
        self,
        input_dim=(1, 28, 28),
        conv_param=None,
        hidden_size=100,
        output_size=10,
        weight_init_std=0.01,
        rng=None,
        dtype=float,
    ):
        param = dict(filter_num=30, filter_size=5, pad=0, stride=1) | dict(conv_param or {})
        n, size, pad, stride = (param[k] for k in ("filter_num", "filter_size", "pad", "stride"))
        probe = Convolution(np.zeros((n, input_dim[0], size, size)), np.zeros(n), stride, pad)
        maps = Pooling(2, 2, stride=2).forward(probe.forward(np.zeros((1, *input_dim)))).shape[1:]
        draw = (rng or np.random.default_rng()).normal
        W1 = draw(0, weight_init_std, probe.W.shape).astype(dtype)
        W2 = draw(0, weight_init_std, (int(np.prod(maps)), hidden_size)).astype(dtype)
        W3 = draw(0, weight_init_std, (hidden_size, output_size)).astype(dtype)
        b1, b2, b3 = np.zeros(n, dtype), np.zeros(hidden_size, dtype), np.zeros(output_size, dtype)
        self.params = dict(W1=W1, b1=b1, W2=W2, b2=b2, W3=W3, b3=b3)
        self.layers = {
            "Conv1": Convolution(W1, b1, stride=stride, pad=pad),
            "Relu1": Relu(),
            "Pool1": Pooling(2, 2, stride=2),
            "Reshape": Reshape(*maps),
            "Affine1": Affine(W2, b2),
            "Relu2": Relu(),
            "Affine2": Affine(W3, b3),
        }
        self.criterion = SoftmaxWithLoss()


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.001, rng):
    optimizer, order, losses = Adam(lr=learning_rate), np.array([], int), []
    for _ in range(iterations):
        while len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(len(x_train))])
        batch, order = order[:batch_size], order[batch_size:]
        optimizer.update(network.params, network.gradient(x_train[batch], t_train[batch]))
        losses.append(network.loss(x_train[batch], t_train[batch]))
    return losses
