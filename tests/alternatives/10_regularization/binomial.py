"""A mask of floats from a binomial distribution, as inverted dropout; weights have more axes."""

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5):
        self.p = dropout_ratio

    def forward(self, x, train_flg=True):
        self.mask = np.ones(x.shape)
        if train_flg:
            self.mask = np.random.binomial(1, 1 - self.p, size=x.shape).astype(float)
            self.mask /= 1 - self.p
        return self.mask * x

    def backward(self, dout):
        return self.mask * dout


def weights(params):
    return {key: value for key, value in params.items() if value.ndim > 1}


def weight_decay_loss(params, weight_decay_lambda):
    return 0.5 * weight_decay_lambda * sum((W**2).sum() for W in weights(params).values())


def weight_decay_gradient(params, weight_decay_lambda):
    return {key: weight_decay_lambda * W for key, W in weights(params).items()}
