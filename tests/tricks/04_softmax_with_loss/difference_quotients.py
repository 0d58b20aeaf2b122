"""Central differences of the loss, by log-sum-exp, row by row.

points: 9
breaks: test_SoftmaxWithLoss_backward_is_y_minus_t_over_N
extends: solution
"""


def losses(x, t):
    top = x.max(axis=-1, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=-1)) + top[..., 0] - (x * t).sum(axis=-1)


def forward(self, x, t):
    self.x, self.t = x.copy(), t
    return float(losses(x, t).mean())


def backward(self, dout=1, h=1e-4):
    dx = np.zeros_like(self.x)
    for c, unit in enumerate(h * np.eye(self.x.shape[-1])):
        dx[..., c] = (losses(self.x + unit, self.t) - losses(self.x - unit, self.t)) / (2 * h)
    return dout * dx / len(dx)


SoftmaxWithLoss.forward, SoftmaxWithLoss.backward = forward, backward
