"""sliding_window_view in forward, and numpy.add.at with indices in backward."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.size = (pool_h, pool_w)
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        p, s = self.pad, self.stride
        framed = np.pad(x, [(0, 0), (0, 0), (p, p), (p, p)], constant_values=x.min())
        windows = sliding_window_view(framed, self.size, axis=(2, 3))[:, :, ::s, ::s]
        flat = windows.reshape(*windows.shape[:4], -1)
        self.shape = framed.shape
        self.index = flat.argmax(axis=-1)
        return flat.max(axis=-1)

    def backward(self, dout):
        n, c, i, j = np.indices(dout.shape)
        down, right = np.divmod(self.index, self.size[1])
        dx = np.zeros(self.shape)
        np.add.at(dx, (n, c, i * self.stride + down, j * self.stride + right), dout)
        p = self.pad
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]
