"""Complex steps of the loss of each row, for a class of all rows at a time.

points: 9
breaks: test_SoftmaxWithLoss_backward_is_y_minus_t_over_N
extends: solution
"""

STEP = 1e-20


def losses_of_rows(x, t):
    top = x.real.max(axis=-1, keepdims=True)
    return np.log(np.exp(x - top).sum(axis=-1)) + top[..., 0] - (x * t).sum(axis=-1)


def forward(self, x, t):
    self.x, self.y, self.t = x, softmax(x), t
    return cross_entropy_error(self.y, t)


def backward(self, dout=1):
    steps = 1j * STEP * np.eye(self.x.shape[1])
    losses = [losses_of_rows(self.x + step, self.t).imag / STEP for step in steps]
    return dout * np.stack(losses, axis=-1) / len(self.x)


SoftmaxWithLoss.forward = forward
SoftmaxWithLoss.backward = backward
