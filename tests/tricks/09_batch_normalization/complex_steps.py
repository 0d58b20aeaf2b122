"""Complex steps of forward for dx; dgamma and dbeta are formulas.

points: 15
breaks: test_BatchNormalization_dx_includes_mean_and_variance
extends: solution
"""

STEP = 1e-20


def output(x, gamma):
    deviations = x - x.mean(axis=0)
    return gamma * deviations / np.sqrt((deviations**2).mean(axis=0) + 1e-7)


forward_in_full = BatchNormalization.forward


def forward(self, x, train_flg=True):
    if train_flg:
        self.x = x
    return forward_in_full(self, x, train_flg)


def backward(self, dout):
    self.dbeta = dout.sum(axis=0)
    self.dgamma = (dout * self.xn).sum(axis=0)
    dx = np.zeros_like(self.x)
    for index in np.ndindex(dx.shape):
        nudged = self.x.astype(complex)
        nudged[index] += STEP * 1j
        dx[index] = np.sum(dout * output(nudged, self.gamma).imag) / STEP
    return dx


BatchNormalization.forward, BatchNormalization.backward = forward, backward
