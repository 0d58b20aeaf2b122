"""Train the two-layer network on handwritten digits. Run it with ``python mnist.py``."""

import os
import sys
from pathlib import Path

# With batches this small, a second thread makes NumPy slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

# The earlier exercises are in the folders next to this one.
sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1].glob("[0-9]*_*")]

from two_layer_net import TwoLayerNet


def train(
    network: TwoLayerNet,
    x_train: np.ndarray,
    t_train: np.ndarray,
    *,
    iterations: int,
    batch_size: int = 100,
    learning_rate: float = 0.1,
    rng: np.random.Generator,
) -> list[float]:
    """Train a network by mini-batch stochastic gradient descent.

    Each iteration draws a batch, computes the network's gradients on that batch, and moves every
    parameter a small step against its gradient.

    Parameters
    ----------
    network : TwoLayerNet
        Its `params` are changed in place: the layers hold the same arrays and would not see a new
        array under an old key.
    x_train : ndarray, shape (N, D)
        All training samples. Stretch: neither they nor the targets are changed.
    t_train : ndarray, shape (N, C)
        Their one-hot targets.
    iterations : int
        Number of steps.
    batch_size : int, default 100
        Samples in a batch. Each step draws a new batch.
    learning_rate : float, default 0.1
        Scales the steps: with 0.1, a parameter whose gradient is 2.0 decreases by 0.2.
    rng : numpy.random.Generator
        Draws the batches. Stretch: the same generator state gives the same training.

    Returns
    -------
    losses : list of float
        The loss on each batch, in order: one for each iteration. Stretch: as it was before the
        step.
    """
    # TODO: in each iteration: draw a batch with rng, record its loss, and move every parameter a
    # small step against its gradient, in place.
    raise NotImplementedError("train: return the list of losses")


def main(iterations: int = 10_000, batch_size: int = 100) -> None:
    """Train the 784-50-10 network on MNIST, and show how its accuracy grows and what it misreads.

    Parameters
    ----------
    iterations : int, default 10000
        Total number of steps.
    batch_size : int, default 100
        Samples in a step: 600 steps of 100 are one epoch, the size of the training set.
    """
    from rich.progress import Progress

    from dataset.mnist import load_mnist
    from dataset.pictures import show_network, show_training

    (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True)
    rng = np.random.default_rng(0)
    network = TwoLayerNet(784, 50, 10, rng=rng, dtype=np.float32)
    epoch_length = len(x_train) // batch_size
    curve = []

    with Progress(transient=True) as progress:
        bar = progress.add_task("training", total=iterations)
        for done in range(0, iterations + 1, epoch_length):
            train_acc = network.accuracy(x_train, t_train)
            test_acc = network.accuracy(x_test, t_test)
            curve.append((train_acc, test_acc))
            epoch = f"epoch {done // epoch_length:2}"
            progress.print(f"{epoch} | train_acc: {train_acc:.3f} | test_acc: {test_acc:.3f}")
            steps = min(epoch_length, iterations - done)
            train(network, x_train, t_train, iterations=steps, batch_size=batch_size, rng=rng)
            progress.advance(bar, steps)

    print(f"after {iterations} steps the test accuracy is {network.accuracy(x_test, t_test):.3f}")
    scores = network.predict(x_test)
    show_training(curve, x_test, t_test, scores)
    show_network("mnist", network, curve, x_test, t_test, scores)


if __name__ == "__main__":
    main()
