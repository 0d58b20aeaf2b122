"""A generator of the layer's own that nobody seeds; indices of what is dropped; no decay is 0."""

import numpy as np


class Dropout:
    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio
        self.rng = np.random.default_rng()

    def forward(self, x, train_flg=True):
        out = np.array(x)
        if train_flg:
            self.dropped = np.flatnonzero(self.rng.random(x.size) < self.dropout_ratio)
            out.flat[self.dropped] = 0
        else:
            out -= self.dropout_ratio * out
        return out

    def backward(self, dout):
        dx = dout.copy()
        dx.flat[self.dropped] = 0
        return dx


def weight_decay_loss(params, weight_decay_lambda):
    total = 0.0
    for i in range(1, 100):
        W = params.get("W" + str(i))
        if W is not None:
            total += np.vdot(W, W)
    return 0.5 * weight_decay_lambda * total


def weight_decay_gradient(params, weight_decay_lambda):
    grads = {}
    for key, value in params.items():
        is_weight = key.startswith("W")
        grads[key] = weight_decay_lambda * value if is_weight else np.zeros_like(value)
    return grads
