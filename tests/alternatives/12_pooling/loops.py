"""One window at a time, in four loops; the index of each maximum is kept."""

import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def forward(self, x):
        N, C, H, W = x.shape
        p, s = self.pad, self.stride
        self.x_shape = x.shape
        self.where = {}
        framed = np.full((N, C, H + 2 * p, W + 2 * p), -np.inf)
        framed[:, :, p : p + H, p : p + W] = x
        out_h = (H + 2 * p - self.pool_h) // s + 1
        out_w = (W + 2 * p - self.pool_w) // s + 1
        out = np.zeros((N, C, out_h, out_w))
        for n in range(N):
            for c in range(C):
                for i in range(out_h):
                    for j in range(out_w):
                        best = -np.inf
                        for a in range(i * s, i * s + self.pool_h):
                            for b in range(j * s, j * s + self.pool_w):
                                if framed[n, c, a, b] >= best:
                                    best = framed[n, c, a, b]
                                    self.where[n, c, i, j] = (a, b)
                        out[n, c, i, j] = best
        return out

    def backward(self, dout):
        N, C, H, W = self.x_shape
        p = self.pad
        dx = np.zeros((N, C, H + 2 * p, W + 2 * p))
        for (n, c, i, j), (a, b) in self.where.items():
            dx[n, c, a, b] += dout[n, c, i, j]
        return dx[:, :, p : p + H, p : p + W]
