"""Central differences of the output instead of back-propagation.

points: 8
extends: solution
"""


class Pooling(Pooling):
    def forward(self, x):
        self.kept = x
        return super().forward(x)

    def backward(self, dout, h=1e-4):
        x = self.kept.astype(float)
        dx = np.zeros_like(x)
        for index in np.ndindex(x.shape):
            kept = x[index]
            x[index] = kept + h
            above = super().forward(x)
            x[index] = kept - h
            below = super().forward(x)
            x[index] = kept
            dx[index] = np.sum((above - below) / (2 * h) * dout)
        return dx
