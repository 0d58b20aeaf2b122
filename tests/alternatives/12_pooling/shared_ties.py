"""One window of all samples and channels at a time; equal maxima share the gradient."""

import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad

    def windows(self):
        _, _, H, W = self.x.shape
        tops = range(0, H - self.pool_h + 1, self.stride)
        lefts = range(0, W - self.pool_w + 1, self.stride)
        for i, top in enumerate(tops):
            for j, left in enumerate(lefts):
                yield i, j, np.s_[:, :, top : top + self.pool_h, left : left + self.pool_w]

    def forward(self, x):
        self.x = np.pad(x, [(0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)])
        *_, (last_i, last_j, _) = self.windows()
        out = np.empty((*x.shape[:2], last_i + 1, last_j + 1))
        for i, j, window in self.windows():
            out[:, :, i, j] = np.amax(self.x[window], axis=(2, 3))
        return out

    def backward(self, dout):
        dx = np.zeros_like(self.x, dtype=float)
        for i, j, window in self.windows():
            part = self.x[window]
            mask = part == np.amax(part, axis=(2, 3), keepdims=True)
            share = mask / np.sum(mask, axis=(2, 3), keepdims=True)
            dx[window] += share * dout[:, :, i, j][:, :, None, None]
        end_h, end_w = (size - self.pad for size in dx.shape[2:])
        return dx[:, :, self.pad : end_h, self.pad : end_w]
