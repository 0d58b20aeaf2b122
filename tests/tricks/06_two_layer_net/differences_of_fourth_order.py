"""gradient is differences of fourth order of the loss, which have two more digits.

points: 9
breaks: test_TwoLayerNet_gradient_of_the_first_layer test_TwoLayerNet_gradient_of_the_second_layer
extends: solution
"""


def gradient(self, x, t, h=1e-3):
    grads = {}
    for key, param in self.params.items():
        grads[key] = np.zeros_like(param)
        for index in np.ndindex(param.shape):
            kept, total = param[index], 0.0
            for k, weight in ((-2, 1), (-1, -8), (1, 8), (2, -1)):
                param[index] = kept + k * h
                total += weight * self.loss(x, t)
            param[index] = kept
            grads[key][index] = total / (12 * h)
    return grads


TwoLayerNet.gradient = gradient
