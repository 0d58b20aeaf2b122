"""Loops over images, filters and positions; Convolution does without im2col and col2im."""

import numpy as np


def im2col(x, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=x.dtype)
    padded[:, :, pad : pad + H, pad : pad + W] = x
    rows = []
    for n in range(N):
        for top in range(0, H + 2 * pad - filter_h + 1, stride):
            for left in range(0, W + 2 * pad - filter_w + 1, stride):
                rows.append(padded[n, :, top : top + filter_h, left : left + filter_w].ravel())
    return np.array(rows)


def col2im(col, input_shape, filter_h, filter_w, stride=1, pad=0):
    N, C, H, W = input_shape
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    row = 0
    for n in range(N):
        for top in range(0, H + 2 * pad - filter_h + 1, stride):
            for left in range(0, W + 2 * pad - filter_w + 1, stride):
                window = col[row].reshape(C, filter_h, filter_w)
                padded[n, :, top : top + filter_h, left : left + filter_w] += window
                row += 1
    return padded[:, :, pad : pad + H, pad : pad + W]


class Convolution:
    def __init__(self, W, b, stride=1, pad=0):
        self.W, self.b, self.stride, self.pad = W, b, stride, pad

    def forward(self, x):
        p, s = self.pad, self.stride
        FN, C, FH, FW = self.W.shape
        N, C, H, W = x.shape
        self.padded = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        out = np.zeros((N, FN, (H + 2 * p - FH) // s + 1, (W + 2 * p - FW) // s + 1))
        for n, f, i, j in np.ndindex(out.shape):
            window = self.padded[n, :, i * s : i * s + FH, j * s : j * s + FW]
            out[n, f, i, j] = np.sum(window * self.W[f]) + self.b[f]
        return out

    def backward(self, dout):
        p, s = self.pad, self.stride
        FN, C, FH, FW = self.W.shape
        dx = np.zeros(self.padded.shape)
        self.dW, self.db = np.zeros(self.W.shape), np.zeros(self.b.shape)
        for n, f, i, j in np.ndindex(dout.shape):
            rows, columns = slice(i * s, i * s + FH), slice(j * s, j * s + FW)
            self.dW[f] += dout[n, f, i, j] * self.padded[n, :, rows, columns]
            self.db[f] += dout[n, f, i, j]
            dx[n, :, rows, columns] += dout[n, f, i, j] * self.W[f]
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]
