"""Learns nothing, and returns zeros."""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    return [0.0] * iterations
