"""Samples and channels are one axis; the gradient is put into a copy of the windows."""

import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad
        self.images = None

    def forward(self, x):
        N, C, H, W = x.shape
        images = x.reshape(N * C, H, W)
        if self.pad:
            images = np.stack([np.pad(image, self.pad) for image in images])
        tops = range(0, images.shape[1] - self.pool_h + 1, self.stride)
        lefts = range(0, images.shape[2] - self.pool_w + 1, self.stride)
        self.corners = [(top, left) for top in tops for left in lefts]
        out, self.winners = [], []
        for top, left in self.corners:
            window = images[:, top : top + self.pool_h, left : left + self.pool_w]
            window = window.reshape(N * C, -1)
            self.winners.append(window.argmax(axis=1))
            out.append(window.max(axis=1))
        self.images, self.x_shape = images, x.shape
        return np.array(out).T.reshape(N, C, len(tops), len(lefts))

    def backward(self, dout):
        N, C, H, W = self.x_shape
        dimages = np.zeros(self.images.shape)
        douts = dout.reshape(N * C, -1).T
        for (top, left), winner, one in zip(self.corners, self.winners, douts):
            down, right = np.unravel_index(winner, (self.pool_h, self.pool_w))
            dimages[np.arange(N * C), top + down, left + right] += one
        p = self.pad
        return dimages[:, p : p + H, p : p + W].reshape(N, C, H, W)
