"""numerical_gradient is gradient with a little noise, after a few losses for show.

points: 16
breaks: test_TwoLayerNet_numerical_gradient_agrees_with_the_loss
extends: solution
"""


def numerical_gradient_for_show(self, x, t):
    for param in self.params.values():
        param.flat[0] += 1e-4
        self.loss(x, t)
        param.flat[0] -= 1e-4
    grads = self.gradient(x, t)
    return {key: grad + np.random.normal(0, 1e-9, grad.shape) for key, grad in grads.items()}


TwoLayerNet.numerical_gradient = numerical_gradient_for_show
