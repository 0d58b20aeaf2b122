"""Learns only the affine layers, behind filters that stay random.

points: 12
breaks: test_SimpleConvNet_gradient_of_the_filters test_train_steps_as_Adam_does
extends: solution
"""

whole = SimpleConvNet.gradient


def half(self, x, t):
    grads = whole(self, x, t)
    return {**grads, "W1": 0 * grads["W1"], "b1": 0 * grads["b1"]}


SimpleConvNet.gradient = half
