"""A table of pixel numbers, which both directions share; bincount adds what overlaps."""

import numpy as np


class Windows:
    """The numbers of the pixels of each window, in one padded image."""

    def __init__(self, shape, filter_h, filter_w, stride, pad):
        self.shape, self.pad = shape, pad
        _, C, H, W = shape
        self.padded = C, H + 2 * pad, W + 2 * pad
        table = np.arange(np.prod(self.padded)).reshape(self.padded)
        self.table = np.array(
            [
                table[:, i : i + filter_h, j : j + filter_w].ravel()
                for i in range(0, self.padded[1] - filter_h + 1, stride)
                for j in range(0, self.padded[2] - filter_w + 1, stride)
            ]
        )

    def take(self, x):
        N, C, H, W = self.shape
        images = np.zeros((N, *self.padded), dtype=x.dtype)
        images[:, :, self.pad : self.pad + H, self.pad : self.pad + W] = x
        return images.reshape(N, -1)[:, self.table].reshape(-1, self.table.shape[1])

    def give_back(self, col):
        N, C, H, W = self.shape
        col = col.reshape(N, self.table.size)
        size = np.prod(self.padded)
        sums = [np.bincount(self.table.ravel(), one, minlength=size) for one in col]
        images = np.array(sums).reshape(N, *self.padded)
        return images[:, :, self.pad : self.pad + H, self.pad : self.pad + W]


def im2col(x, filter_h, filter_w, stride=1, pad=0):
    return Windows(x.shape, filter_h, filter_w, stride, pad).take(x)


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    return Windows(input_shape, filter_h, filter_w, stride, pad).give_back(col)


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.settings = stride, pad

    def forward(self, x):
        self.windows = Windows(x.shape, *self.W.shape[2:], *self.settings)
        self.col = self.windows.take(x)
        stride, pad = self.settings
        rows = (x.shape[2] + 2 * pad - self.W.shape[2]) // stride + 1
        out = self.col.dot(self.W.reshape(len(self.W), -1).T)
        out += self.b
        return np.rollaxis(out.reshape(len(x), rows, -1, len(self.W)), 3, 1)

    def backward(self, dout):
        dout = np.concatenate([one.reshape(len(self.W), -1) for one in dout], axis=1)
        self.db = dout.sum(1)
        self.dW = dout.dot(self.col).reshape(self.W.shape)
        return self.windows.give_back(dout.T.dot(self.W.reshape(len(self.W), -1)))
