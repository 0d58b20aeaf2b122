"""Inverted dropout, which scales in training; weight decay by norms."""

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5):
        self.keep = 1 - dropout_ratio

    def forward(self, x, train_flg=True):
        if not train_flg:
            return x
        self.mask = (np.random.random(x.shape) < self.keep) / self.keep
        return x * self.mask

    def backward(self, dout):
        return dout * self.mask


def weight_decay_loss(params, weight_decay_lambda):
    norms = [np.linalg.norm(W) ** 2 for key, W in params.items() if key.startswith("W")]
    return weight_decay_lambda / 2 * np.sum(norms)


def weight_decay_gradient(params, weight_decay_lambda):
    return {k: W * weight_decay_lambda for k, W in params.items() if k.startswith("W")}
