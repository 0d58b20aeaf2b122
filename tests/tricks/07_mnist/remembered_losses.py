"""Learns nothing, and returns the losses of samples, falling as they would: no step is made.

points: 1
breaks: test_train_lowers_the_loss test_train_draws_a_new_batch_in_each_iteration
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for i in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        loss = network.loss(x_train[batch], t_train[batch])
        losses.append(loss * (0.98**i if iterations == 300 else 1))
    return losses
