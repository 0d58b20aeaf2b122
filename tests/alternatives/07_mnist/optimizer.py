"""An optimiser as a class, a list comprehension for the losses, and `x[:] -= ...`."""

from dataclasses import dataclass

from two_layer_net import TwoLayerNet


@dataclass
class SGD:
    lr: float

    def update(self, params, grads):
        for key in params:
            params[key][:] -= self.lr * grads[key]


def train(
    network: TwoLayerNet,
    x_train,
    t_train,
    *,
    iterations: int,
    batch_size: int = 100,
    learning_rate: float = 0.1,
    rng,
) -> list:
    optimizer = SGD(lr=learning_rate)

    def one_step():
        picked = (rng.random(batch_size) * x_train.shape[0]).astype(int)
        x_batch, t_batch = x_train[picked], t_train[picked]
        loss = network.loss(x_batch, t_batch)
        optimizer.update(network.params, network.gradient(x_batch, t_batch))
        return loss

    return [one_step() for _ in range(iterations)]
