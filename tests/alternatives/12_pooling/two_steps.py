"""The maximum along rows first, then along columns; backward goes back the same way."""

import numpy as np


def pool_last_axis(x, size, stride):
    starts = np.arange(0, x.shape[-1] - size + 1, stride)
    windows = np.stack([x[..., start : start + size] for start in starts], axis=-2)
    return windows.max(axis=-1), starts + windows.argmax(axis=-1)


def unpool_last_axis(dout, index, length):
    one_hot = index[..., None] == np.arange(length)
    return np.einsum("...o,...ol->...l", dout, one_hot)


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        x = np.pad(x, ((0, 0), (0, 0), (self.pad,) * 2, (self.pad,) * 2))
        self.H, self.W = x.shape[2:]
        rows, self.columns = pool_last_axis(x, self.pool_w, self.stride)
        out, self.rows = pool_last_axis(rows.swapaxes(2, 3), self.pool_h, self.stride)
        return out.swapaxes(2, 3)

    def backward(self, dout):
        drows = unpool_last_axis(dout.swapaxes(2, 3), self.rows, self.H).swapaxes(2, 3)
        dx = unpool_last_axis(drows, self.columns, self.W)
        return dx[:, :, self.pad : self.H - self.pad, self.pad : self.W - self.pad]
