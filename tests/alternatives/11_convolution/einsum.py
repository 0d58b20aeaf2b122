"""einsum on six axes, over a view of all windows."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows_of(x, filter_h, filter_w, stride, pad):
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return sliding_window_view(x, (filter_h, filter_w), axis=(2, 3))[:, :, ::stride, ::stride]


def spread(windows, shape, stride, pad):
    """Add windows, with the axes of `windows_of`, to the pixels they came from."""
    N, C, H, W = shape
    dx = np.zeros((N, C, H + 2 * pad, W + 2 * pad), windows.dtype)
    out_h, out_w, FH, FW = windows.shape[2:]
    for i in range(out_h):
        for j in range(out_w):
            top, left = i * stride, j * stride
            dx[:, :, top : top + FH, left : left + FW] += windows[:, :, i, j]
    return dx[:, :, pad : pad + H, pad : pad + W]


def im2col(x, filter_h, filter_w, stride=1, pad=0):
    windows = windows_of(x, filter_h, filter_w, stride, pad)
    windows = np.einsum("ncijhw->nijchw", windows)
    return windows.reshape(np.prod(windows.shape[:3]), np.prod(windows.shape[3:]))


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    out_h = (H + 2 * pad - filter_h) // stride + 1
    windows = col.reshape(N, out_h, -1, C, filter_h, filter_w)
    return spread(np.einsum("nijchw->ncijhw", windows), input_shape, stride, pad)


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        self.shape = x.shape
        self.windows = windows_of(x, *self.W.shape[2:], self.stride, self.pad)
        return np.einsum("ncijhw,fchw->nfij", self.windows, self.W) + self.b[:, None, None]

    def backward(self, dout):
        self.dW = np.einsum("nfij,ncijhw->fchw", dout, self.windows)
        self.db = np.einsum("nfij->f", dout)
        dwindows = np.einsum("nfij,fchw->ncijhw", dout, self.W)
        return spread(dwindows, self.shape, self.stride, self.pad)
