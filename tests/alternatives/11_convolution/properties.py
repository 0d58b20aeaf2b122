"""Gradients computed when they are read; images one at a time."""

import numpy as np


def im2col(input_data, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_data.shape
    if pad > 0:
        input_data = np.pad(input_data, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    out_h = int((H + 2 * pad - filter_h) / stride) + 1
    out_w = int((W + 2 * pad - filter_w) / stride) + 1
    col = np.empty((N, out_h, out_w, C, filter_h, filter_w))
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * stride, x * stride
            col[:, y, x] = input_data[:, :, top : top + filter_h, left : left + filter_w]
    return col.reshape(N * out_h * out_w, -1)


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    out_h = int((H + 2 * pad - filter_h) / stride) + 1
    out_w = int((W + 2 * pad - filter_w) / stride) + 1
    img = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    col = col.reshape(N, out_h, out_w, C, filter_h, filter_w)
    for y in range(out_h):
        for x in range(out_w):
            top, left = y * stride, x * stride
            img[:, :, top : top + filter_h, left : left + filter_w] += col[:, y, x]
    return img[:, :, pad : pad + H, pad : pad + W].copy()


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b = W, b
        self.how = {"stride": stride, "pad": pad}

    @property
    def flat(self):
        return self.W.reshape(len(self.W), -1)

    def forward(self, x):
        self.x = x
        out_h = (x.shape[2] + 2 * self.how["pad"] - self.W.shape[2]) // self.how["stride"] + 1
        each = [
            (self.flat @ im2col(one[None], *self.W.shape[2:], **self.how).T).reshape(
                len(self.W), out_h, -1
            )
            for one in x
        ]
        return np.array(each) + np.expand_dims(self.b, (1, 2))

    def backward(self, dout):
        self.dout = dout
        dcol = dout.transpose(0, 2, 3, 1) @ self.flat
        return col2im(
            dcol.reshape(-1, self.flat.shape[1]), self.x.shape, *self.W.shape[2:], **self.how
        )

    @property
    def dW(self):
        total = 0
        for one, gradient in zip(self.x, self.dout):
            col = im2col(one[None], *self.W.shape[2:], **self.how)
            total = total + gradient.reshape(len(self.W), -1) @ col
        return total.reshape(self.W.shape)

    @property
    def db(self):
        return np.apply_over_axes(np.sum, self.dout, (0, 2, 3)).ravel()
