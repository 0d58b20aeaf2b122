"""np.where in both directions; comments in Chinese; the gradient is filled in afterwards."""

import numpy as np


class Dropout:
    """Dropout层"""

    def __init__(self, dropout_ratio=0.5):
        self.dropout_ratio = dropout_ratio
        self.dropped = None  # 被删除的元素

    def forward(self, x, train_flg=True):
        if train_flg:
            self.dropped = np.random.uniform(size=x.shape) < self.dropout_ratio
            return np.where(self.dropped, 0, x)
        # 测试时
        return (1 - self.dropout_ratio) * x

    def backward(self, dout):
        return np.where(self.dropped, 0, dout)


def weight_decay_loss(params, weight_decay_lambda):
    flat = np.concatenate([params[key].ravel() for key in params if "W" in key])
    return float(weight_decay_lambda * flat @ flat / 2)


def weight_decay_gradient(params, weight_decay_lambda):
    grads = {key: params[key].copy() for key in params if "W" in key}
    for grad in grads.values():
        grad *= weight_decay_lambda
    return grads
