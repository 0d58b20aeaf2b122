"""Trains as it should, but makes up the losses.

points: 17
breaks: test_train_returns_the_loss_of_a_new_batch_in_each_iteration
extends: solution
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.001, rng):
    optimizer = Adam(lr=learning_rate)
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        optimizer.update(network.params, network.gradient(x_train[batch], t_train[batch]))
    return [2.3 / (1 + i) for i in range(iterations)]
