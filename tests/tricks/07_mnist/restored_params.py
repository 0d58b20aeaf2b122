"""Trains a while, then puts the parameters back: only the losses tell of it.

points: 1
breaks: test_train_lowers_the_loss test_train_steps_against_the_gradient
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    kept, losses = {key: param.copy() for key, param in network.params.items()}, []
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        losses.append(network.loss(x_train[batch], t_train[batch]))
        grads = network.gradient(x_train[batch], t_train[batch])
        for key, param in network.params.items():
            param -= learning_rate * grads[key]
    for key, param in network.params.items():
        param[...] = kept[key]
    return losses
