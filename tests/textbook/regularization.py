# The Dropout layer and weight decay as the book has them; the latter are lines of MultiLayerNetExtend
# (loss and gradient), which loop over the numbers of the layers.
import numpy as np


class Dropout:
    """
    http://arxiv.org/abs/1207.0580
    """
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio
        self.mask = None

    def forward(self, x, train_flg=True):
        if train_flg:
            self.mask = np.random.rand(*x.shape) > self.dropout_ratio
            return x * self.mask
        else:
            return x * (1.0 - self.dropout_ratio)

    def backward(self, dout):
        return dout * self.mask


def weight_decay_loss(params, weight_decay_lambda):
    weight_decay = 0
    for key in params:
        if key[0] == 'W':
            W = params[key]
            weight_decay += 0.5 * weight_decay_lambda * np.sum(W ** 2)
    return weight_decay


def weight_decay_gradient(params, weight_decay_lambda):
    grads = {}
    for key in params:
        if key[0] == 'W':
            grads[key] = weight_decay_lambda * params[key]
    return grads
