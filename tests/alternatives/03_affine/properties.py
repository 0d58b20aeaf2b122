"""Gradients in a dict, read through properties; parameters likewise."""

import numpy as np


class Layer:
    def __init__(self, **params):
        self.params = params
        self.grads = dict.fromkeys(params)


class Affine(Layer):
    def __init__(self, W, b):
        super().__init__(W=W, b=b)

    W = property(lambda self: self.params["W"])
    b = property(lambda self: self.params["b"])
    dW = property(lambda self: self.grads["W"])
    db = property(lambda self: self.grads["b"])

    def forward(self, x):
        self.x = x
        return np.add(np.dot(x, self.W), self.b)

    def backward(self, dout):
        self.grads = {"W": self.x.T.dot(dout), "b": np.add.reduce(dout)}
        return dout.dot(self.W.T)
