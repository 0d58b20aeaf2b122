"""A permutation for each epoch, cut into batches by a generator that carries over."""

import numpy as np


def batches(n, batch_size, rng):
    order = np.array([], dtype=int)
    while True:
        while len(order) < batch_size:
            order = np.concatenate([order, rng.permutation(n)])
        yield order[:batch_size]
        order = order[batch_size:]


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = np.empty(iterations)
    for i, batch in zip(range(iterations), batches(len(x_train), batch_size, rng)):
        x = np.take(x_train, batch, axis=0)
        t = np.take(t_train, batch, axis=0)
        losses[i] = network.loss(x, t)
        for key, grad in network.gradient(x, t).items():
            network.params[key][...] = network.params[key] - learning_rate * grad
    return losses
