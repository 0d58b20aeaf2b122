"""Every step is on the first batch; the losses are those of other batches, drawn for show.

points: 18
breaks: test_train_reads_more_than_97_percent_of_real_digits
extends: solution
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.001, rng):
    optimizer, losses = Adam(lr=learning_rate), []
    first = batch = np.random.default_rng(0).integers(len(x_train), size=batch_size)
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        losses.append(network.loss(x_train[batch], t_train[batch]))
        optimizer.update(network.params, network.gradient(x_train[first], t_train[first]))
    return losses
