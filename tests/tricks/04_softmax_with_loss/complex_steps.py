"""A complex step of the loss of the whole batch for each score.

points: 9
breaks: test_SoftmaxWithLoss_backward_is_y_minus_t_over_N
extends: solution
"""

STEP = 1e-20


def loss_of(x, t):
    top = x.real.max(axis=-1, keepdims=True)
    return np.mean(np.log(np.exp(x - top).sum(axis=-1)) + top[..., 0] - (x * t).sum(axis=-1))


def forward(self, x, t):
    self.x, self.t = x.astype(complex), t
    return float(loss_of(self.x, t).real)


def backward(self, dout=1):
    dx = np.zeros(self.x.shape)
    for index in np.ndindex(dx.shape):
        self.x[index] += STEP * 1j
        dx[index] = loss_of(self.x, self.t).imag / STEP
        self.x[index] = self.x[index].real
    return dout * dx


SoftmaxWithLoss.forward, SoftmaxWithLoss.backward = forward, backward
