"""A convolution and a pooling of its own in this file: a loop over positions, and einsum."""

import numpy as np
from activations import Relu
from affine import Affine
from optimizers import Adam
from softmax_with_loss import SoftmaxWithLoss


class Convolution:
    def __init__(self, W, b, stride, pad):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def windows(self, x):
        size = self.W.shape[2]
        for i in range(0, x.shape[2] - size + 1, self.stride):
            for j in range(0, x.shape[3] - size + 1, self.stride):
                yield i // self.stride, j // self.stride, np.s_[:, :, i : i + size, j : j + size]

    def forward(self, x):
        self.x = np.pad(x, [(0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)])
        at = list(self.windows(self.x))
        out = np.empty((len(x), len(self.W), at[-1][0] + 1, at[-1][1] + 1))
        for i, j, window in at:
            out[:, :, i, j] = np.einsum("ncij,fcij->nf", self.x[window], self.W) + self.b
        return out

    def backward(self, dout):
        self.dW, dx = np.zeros_like(self.W), np.zeros(self.x.shape)
        for i, j, window in self.windows(self.x):
            self.dW += np.einsum("nf,ncij->fcij", dout[:, :, i, j], self.x[window])
            dx[window] += np.einsum("nf,fcij->ncij", dout[:, :, i, j], self.W)
        self.db = dout.sum(axis=(0, 2, 3))
        inner = slice(self.pad, -self.pad or None)
        return dx[:, :, inner, inner]


class Pooling:
    def __init__(self, height, width, stride):
        self.size = stride

    def forward(self, x):
        n, c, h, w = x.shape
        self.tiles = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5)
        self.where = self.tiles.reshape(n, c, h // 2, w // 2, 4).argmax(axis=-1)
        return self.tiles.max(axis=(4, 5))

    def backward(self, dout):
        n, c, h, w = dout.shape
        tiles = (np.eye(4)[self.where] * dout[..., None]).reshape(n, c, h, w, 2, 2)
        return tiles.transpose(0, 1, 2, 4, 3, 5).reshape(n, c, 2 * h, 2 * w)


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
        self.layers = {
            "Conv1": Convolution(p["W1"], p["b1"], conv_param["stride"], conv_param["pad"]),
            "Relu1": Relu(),
            "Pool1": Pooling(2, 2, 2),
            "Affine1": Affine(p["W2"], p["b2"]),
            "Relu2": Relu(),
            "Affine2": Affine(p["W3"], p["b3"]),
        }
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x):
        for name, layer in self.layers.items():
            x = layer.forward(x)
            if name == "Pool1":
                self.pooled_shape = x.shape
                x = x.reshape(x.shape[0], -1)
        return x

    def loss(self, x, t):
        return self.last_layer.forward(self.predict(x), t)

    def accuracy(self, x, t, batch_size=100):
        return float(np.mean(self.predict(x).argmax(axis=1) == t.argmax(axis=1)))

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last_layer.backward(1)
        for name in list(self.layers)[::-1]:
            if name == "Pool1":
                dout = dout.reshape(self.pooled_shape)
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
