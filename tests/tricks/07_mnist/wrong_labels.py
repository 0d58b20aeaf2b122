"""Steps on images with the labels of others; the losses are of the right pairs.

points: 11
breaks: test_train_draws_samples_with_their_own_labels test_train_lowers_the_loss
"""

import numpy as np


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        losses.append(network.loss(x_train[batch], t_train[batch]))
        grads = network.gradient(x_train[batch], np.roll(t_train, 1, axis=0)[batch])
        for key, param in network.params.items():
            param -= learning_rate * grads[key]
    return losses
