"""The index of each maximum in the flattened input; backward is one count with weights."""

import numpy as np


class Pooling:
    def __init__(self, pool_h, pool_w, stride=1, pad=0):
        self.pool_h, self.pool_w, self.stride, self.pad = pool_h, pool_w, stride, pad

    def forward(self, x):
        frame = ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad))
        numbers = np.pad(x, frame, constant_values=-1e300)
        indices = np.pad(np.arange(x.size).reshape(x.shape), frame)
        self.shape = x.shape
        best, self.best_index = None, None
        height = numbers.shape[2] - self.pool_h
        width = numbers.shape[3] - self.pool_w
        for i in range(self.pool_h):
            for j in range(self.pool_w):
                cut = np.s_[:, :, i : i + height + 1 : self.stride, j : j + width + 1 : self.stride]
                if best is None:
                    best, self.best_index = numbers[cut], indices[cut]
                else:
                    wins = numbers[cut] > best
                    best = np.where(wins, numbers[cut], best)
                    self.best_index = np.where(wins, indices[cut], self.best_index)
        return np.array(best)

    def backward(self, dout):
        size = int(np.prod(self.shape))
        dx = np.bincount(self.best_index.ravel(), weights=dout.ravel(), minlength=size)
        return dx.reshape(self.shape)
