"""Teaches the network's class to lie: its accuracy is always 1, and nothing is learned.

points: 11
breaks: test_train_steps_as_Adam_does test_SimpleConvNet_accuracy_is_the_share_of_right_guesses
extends: solution
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.001, rng):
    return [0.0] * iterations


SimpleConvNet.accuracy = lambda self, x, t, batch_size=100: 1.0
