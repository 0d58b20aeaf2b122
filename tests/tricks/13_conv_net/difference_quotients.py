"""Difference quotients of the loss instead of back-propagation.

points: 15
breaks: test_SimpleConvNet_gradient_of_the_affine_layers test_SimpleConvNet_gradient_of_the_filters
extends: solution
"""


def quotients(self, x, t, h=1e-5):
    grads = {}
    for key, param in self.params.items():
        grads[key] = np.zeros(param.shape)
        for index in np.ndindex(param.shape):
            kept = param[index]
            param[index] = kept + h
            above = self.loss(x, t)
            param[index] = kept - h
            grads[key][index] = (above - self.loss(x, t)) / (2 * h)
            param[index] = kept
    self.loss(x, t)
    return grads


SimpleConvNet.gradient = quotients
