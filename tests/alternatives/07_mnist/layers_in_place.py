"""The arrays of the layers are changed, which are those of params; the losses are a tuple."""


def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = ()
    while len(losses) < iterations:
        batch = rng.integers(0, len(x_train), batch_size)
        losses += (network.loss(x_train[batch], t_train[batch]),)
        network.gradient(x_train[batch], t_train[batch])
        for name in ("Affine1", "Affine2"):
            layer = network.layers[name]
            layer.W -= layer.dW * learning_rate
            layer.b -= layer.db * learning_rate
    return losses
