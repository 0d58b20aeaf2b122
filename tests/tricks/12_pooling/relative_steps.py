"""One-sided differences whose step is a fraction of each number.

points: 8
extends: solution
"""


class Pooling(Pooling):
    def forward(self, x):
        self.kept = x
        return super().forward(x)

    def backward(self, dout):
        x = self.kept.astype(float)
        dx = np.zeros_like(x)
        before = super().forward(x)
        for index in np.ndindex(x.shape):
            kept = x[index]
            h = 1e-6 * abs(kept) + 1e-12
            x[index] = kept + h
            dx[index] = np.sum((super().forward(x) - before) / h * dout)
            x[index] = kept
        return dx
