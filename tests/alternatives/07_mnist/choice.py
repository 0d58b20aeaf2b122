"""Generator.choice without replacement, np.subtract with out=, the loss asked for first."""

import numpy as np


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for _ in range(iterations):
        chosen = rng.choice(len(x_train), batch_size, replace=False)
        x, t = x_train[chosen], t_train[chosen]
        losses.append(network.loss(x, t))
        grads = network.gradient(x, t)
        for key in network.params:
            param = network.params[key]
            np.subtract(param, learning_rate * grads[key], out=param)
    return losses
