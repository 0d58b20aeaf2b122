"""All gradients by correlation: dout spread out, and the filters flipped for dx."""

import numpy as np


def pairs(size, width, stride, pad):
    """Return the numbers of the pixels in each window along one axis."""
    starts = range(0, size + 2 * pad - width + 1, stride)
    return np.array([np.arange(start, start + width) for start in starts])


def im2col(x, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = x.shape
    rows, columns = pairs(H, filter_h, stride, pad), pairs(W, filter_w, stride, pad)
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    # Fancy indices: (out_h, 1, filter_h, 1) with (1, out_w, 1, filter_w).
    windows = padded[:, :, rows[:, None, :, None], columns[None, :, None, :]]
    return np.concatenate(
        [one.swapaxes(0, 1).swapaxes(1, 2).reshape(len(rows) * len(columns), -1) for one in windows]
    )


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    rows, columns = pairs(H, filter_h, stride, pad), pairs(W, filter_w, stride, pad)
    windows = col.reshape(N, len(rows), len(columns), C, filter_h, filter_w)
    image = np.zeros((N, C, H + 2 * pad, W + 2 * pad))
    for i, row in enumerate(rows):
        for j, column in enumerate(columns):
            image[:, :, row[:, None], column] += windows[:, i, j]
    return image[..., pad : H + pad, pad : W + pad]


def correlate(x, W):
    FN, C, FH, FW = W.shape
    out_h, out_w = x.shape[2] - FH + 1, x.shape[3] - FW + 1
    out = np.zeros((len(x), FN, out_h, out_w))
    for i in range(out_h):
        for j in range(out_w):
            out[:, :, i, j] = np.tensordot(
                x[:, :, i : i + FH, j : j + FW], W, axes=([1, 2, 3],) * 2
            )
    return out


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        p = self.pad
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        everywhere = correlate(self.padded, self.W)
        return everywhere[:, :, :: self.stride, :: self.stride] + self.b[None, :, None, None]

    def backward(self, dout):
        FN, C, FH, FW = self.W.shape
        N, C, H, W = self.padded.shape
        spread = np.zeros((N, FN, H - FH + 1, W - FW + 1))
        spread[:, :, :: self.stride, :: self.stride] = dout
        self.db = dout.sum(axis=3).sum(axis=2).sum(axis=0)
        self.dW = correlate(self.padded.swapaxes(0, 1), spread.swapaxes(0, 1)).swapaxes(0, 1)
        wide = np.pad(spread, ((0, 0), (0, 0), (FH - 1, FH - 1), (FW - 1, FW - 1)))
        dx = correlate(wide, self.W[:, :, ::-1, ::-1].swapaxes(0, 1))
        return dx[:, :, self.pad : H - self.pad, self.pad : W - self.pad]
