"""Central differences of forward for all three gradients.

points: 12
breaks: test_BatchNormalization_dx_includes_mean_and_variance
extends: solution
"""


def differences(result, array, h=1e-4):
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        nudge = np.zeros_like(array)
        nudge[index] = h
        gradient[index] = (result(array + nudge) - result(array - nudge)) / (2 * h)
    return gradient


def output(x, gamma, beta):
    return gamma * (x - x.mean(axis=0)) / np.sqrt(x.var(axis=0) + 1e-7) + beta


forward_in_full = BatchNormalization.forward


def forward(self, x, train_flg=True):
    if train_flg:
        self.x = x
    return forward_in_full(self, x, train_flg)


def backward(self, dout):
    def result(x=self.x, gamma=self.gamma, beta=self.beta):
        return np.sum(dout * output(x, gamma, beta))

    self.dgamma = differences(lambda gamma: result(gamma=gamma), self.gamma)
    self.dbeta = differences(lambda beta: result(beta=beta), self.beta)
    return differences(lambda x: result(x=x), self.x)


BatchNormalization.forward, BatchNormalization.backward = forward, backward
