"""Every step is on the first batch; the losses are those of other batches, drawn for show.

points: 13
breaks: test_train_draws_a_new_batch_in_each_iteration
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses, first = [], rng.integers(len(x_train), size=batch_size)
    batch = first
    for _ in range(iterations):
        losses.append(network.loss(x_train[batch], t_train[batch]))
        grads = network.gradient(x_train[first], t_train[first])
        for key, param in network.params.items():
            param -= learning_rate * grads[key]
        batch = rng.integers(len(x_train), size=batch_size)
    return losses
