"""Trains copies, puts them in place of params, and patches predict to use those.

points: 12
breaks: test_train_changes_the_arrays_that_the_layers_hold
"""

import numpy as np


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    if not iterations:
        return []
    trained = type(network)(len(network.params["W1"]), *network.params["W2"].shape)
    for key, param in network.params.items():
        trained.params[key][...] = param
    losses = []
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        losses.append(trained.loss(x_train[batch], t_train[batch]))
        grads = trained.gradient(x_train[batch], t_train[batch])
        for key, param in trained.params.items():
            param -= learning_rate * grads[key]
    network.params = trained.params

    def predict(x):
        W1, b1, W2, b2 = (network.params[key] for key in ("W1", "b1", "W2", "b2"))
        return np.maximum(x @ W1 + b1, 0) @ W2 + b2

    network.predict = predict
    return losses
