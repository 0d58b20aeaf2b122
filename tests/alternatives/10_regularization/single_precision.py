"""A mask and a scale in float32, drawn with `choice`; weights found by a regular expression."""

import re

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio
        self._scale = np.float32(1.0) / np.float32(1.0 - dropout_ratio)

    def forward(self, x, train_flg=True):
        if not train_flg:
            return x * 1.0
        odds = [self.dropout_ratio, 1 - self.dropout_ratio]
        self.mask = np.random.choice(np.array([0, 1], np.float32), size=x.shape, p=odds)
        self.mask *= self._scale
        return np.multiply(x, self.mask)

    def backward(self, dout):
        return np.multiply(dout, self.mask)


def weight_decay_loss(params, weight_decay_lambda):
    found = [key for key in params if re.fullmatch(r"W\d+", key)]
    return 0.5 * weight_decay_lambda * sum(np.sum(np.square(params[key])) for key in found)


def weight_decay_gradient(params, weight_decay_lambda):
    found = [key for key in params if re.fullmatch(r"W\d+", key)]
    return dict(zip(found, [weight_decay_lambda * params[key] for key in found]))
