"""Steps against the numerical gradient: back-propagation is not used.

points: 5
breaks: test_train_steps_against_the_gradient test_train_takes_steps_of_a_tenth_by_default
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for _ in range(iterations):
        batch = rng.integers(len(x_train), size=batch_size)
        losses.append(network.loss(x_train[batch], t_train[batch]))
        grads = network.numerical_gradient(x_train[batch], t_train[batch])
        for key, param in network.params.items():
            param -= learning_rate * grads[key]
    return losses
