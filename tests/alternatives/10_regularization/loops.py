"""Python's own random numbers, one after the other; the weights in loops, too."""

import random

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio

    def forward(self, x, train_flg=True):
        scale = 1 / (1 - self.dropout_ratio)
        if train_flg:
            self.factors = np.zeros(x.shape)
            for index in np.ndindex(x.shape):
                if random.random() >= self.dropout_ratio:
                    self.factors[index] = scale
            return x * self.factors
        return x.copy()

    def backward(self, dout):
        return dout * self.factors


def weight_decay_loss(params, weight_decay_lambda):
    total = 0
    for key in params:
        if key[0] != "W":
            continue
        for w in params[key].flat:
            total += 0.5 * weight_decay_lambda * w * w
    return total


def weight_decay_gradient(params, weight_decay_lambda):
    grads = {}
    for key in params:
        if key[0] == "W":
            grads[key] = np.array([weight_decay_lambda * w for w in params[key].flat])
            grads[key] = grads[key].reshape(params[key].shape)
    return grads
