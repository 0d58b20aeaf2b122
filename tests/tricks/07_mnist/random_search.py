"""Keeps random changes that lower the loss: no gradient at all.

breaks: test_train_steps_against_the_gradient test_train_lowers_the_loss
"""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for _ in range(iterations):
        losses.append(network.loss(x_train, t_train))
        for _ in range(10):
            kept = {key: param.copy() for key, param in network.params.items()}
            before = network.loss(x_train, t_train)
            for param in network.params.values():
                param += rng.normal(0, 0.05, param.shape)
            if network.loss(x_train, t_train) > before:
                for key, param in network.params.items():
                    param[...] = kept[key]
    return losses
