"""One weight of the filters at a time: a few large products instead of many small ones."""

import numpy as np


def parts(padded, filter_h, filter_w, stride):
    """Yield each place in a filter, and a view of all pixels that it meets."""
    out_h = (padded.shape[2] - filter_h) // stride + 1
    out_w = (padded.shape[3] - filter_w) // stride + 1
    for i in range(filter_h):
        for j in range(filter_w):
            last_i, last_j = i + stride * (out_h - 1), j + stride * (out_w - 1)
            yield i, j, padded[:, :, i : last_i + 1 : stride, j : last_j + 1 : stride]


def add_frame(x, pad):
    return np.pad(x, [(0, 0)] * 2 + [(pad, pad)] * 2)


def remove_frame(x, pad):
    return x[:, :, pad:-pad, pad:-pad] if pad else x


def im2col(x, filter_h, filter_w, stride=1, pad=0):
    pixels = [part for _, _, part in parts(add_frame(x, pad), filter_h, filter_w, stride)]
    col = np.stack(pixels, axis=-1).transpose(0, 2, 3, 1, 4)
    return col.reshape(-1, x.shape[1] * filter_h * filter_w)


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    total = add_frame(np.zeros(input_shape), pad)
    for i, j, part in parts(total, filter_h, filter_w, stride):
        N, C, out_h, out_w = part.shape
        windows = col.reshape(N, out_h, out_w, C, filter_h, filter_w)
        part += windows[..., i, j].transpose(0, 3, 1, 2)
    return remove_frame(total, pad)


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        self.padded = add_frame(x, self.pad)
        out = 0
        for i, j, part in parts(self.padded, *self.W.shape[2:], self.stride):
            out = out + np.tensordot(self.W[:, :, i, j], part, axes=(1, 1))
        return out.transpose(1, 0, 2, 3) + self.b.reshape(1, -1, 1, 1)

    def backward(self, dout):
        dW, dx = np.zeros_like(self.W), np.zeros_like(self.padded)
        for i, j, part in parts(self.padded, *self.W.shape[2:], self.stride):
            dW[:, :, i, j] = np.tensordot(dout, part, axes=((0, 2, 3), (0, 2, 3)))
        for i, j, part in parts(dx, *self.W.shape[2:], self.stride):
            part += np.tensordot(self.W[:, :, i, j], dout, axes=(0, 1)).transpose(1, 0, 2, 3)
        self.dW = dW
        self.db = dout.sum(axis=(0, 2, 3))
        return remove_frame(dx, self.pad)
