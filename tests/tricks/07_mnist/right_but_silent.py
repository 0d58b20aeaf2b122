"""Trains as it should, but makes up the losses.

points: 13
breaks: test_train_returns_one_loss_for_each_iteration
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        grads = network.gradient(x_train[batch], t_train[batch])
        for key, param in network.params.items():
            param -= learning_rate * grads[key]
    return [2.3 / (1 + i) for i in range(iterations)]
