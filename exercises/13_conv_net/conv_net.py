"""A convolutional network for handwritten digits. Run it with ``python conv_net.py``."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

# With batches this small, a second thread makes NumPy slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

# The earlier exercises are in the folders next to this one.
sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1].glob("[0-9]*_*")]

from activations import Relu
from affine import Affine
from convolution import Convolution
from optimizers import Adam
from pooling import Pooling
from softmax_with_loss import SoftmaxWithLoss


class Flatten:
    """A layer between pooling and affine: maps in, rows out, and the gradient the other way.

    Stretch: under this name. You may reshape in another place.

    Attributes
    ----------
    shape : tuple of int, or None
        The shape of the latest input of `forward`.
    """

    def __init__(self) -> None:
        self.shape: tuple[int, ...] | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Put all numbers of each sample into one row.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            The maps of a batch.

        Returns
        -------
        ndarray, shape (N, C * H * W)
            The maps ``[[1, 2], [3, 4]]`` and ``[[5, 6], [7, 8]]`` of a sample give
            ``[1, 2, 3, 4, 5, 6, 7, 8]``.
        """
        # TODO: remember the shape of x, and return its rows.
        raise NotImplementedError("Flatten.forward: remember the shape, return rows")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Give the gradient the shape that the maps had.

        Parameters
        ----------
        dout : ndarray, shape (N, C * H * W)
            The upstream gradient.

        Returns
        -------
        dx : ndarray, shape (N, C, H, W)
            The same numbers.
        """
        # TODO: give dout the shape of the maps.
        raise NotImplementedError("Flatten.backward: return dout in the shape of x")


class SimpleConvNet:
    """Convolution, ReLU, pooling, affine, ReLU, affine, and softmax with loss at the end.

    Parameters
    ----------
    input_dim : tuple of int, default (1, 28, 28)
        Channels, height and width of an image (C, H, W).
    conv_param : mapping of str to int
        The convolution's filter_num (F), filter_size (S), pad and stride. The default is that of
        the book: 30 filters of 5 x 5, no padding, and stride 1.
    hidden_size : int, default 100
        Neurons in the hidden layer.
    output_size : int, default 10
        Classes.
    weight_init_std : float, default 0.01
        Standard deviation of the initial weights, which are normally distributed.
    rng : numpy.random.Generator, optional
        Draws the weights; the default is NumPy's global generator.
    dtype : dtype, default float64
        Data type of the parameters. float32 trains twice as fast; a gradient check needs float64.

    Attributes
    ----------
    params : dict of str to ndarray
        W1 (F, C, S, S), b1 (F,), W2 (P, hidden_size), b2 (hidden_size,), W3 (hidden_size,
        output_size), b3 (output_size,). P is how many numbers pooling leaves of an image. The
        layers hold the same arrays, so changing one in place changes the network. The biases start
        at zero.
    layers : dict of str to layer
        Conv1, Relu1, Pool1, Affine1, Relu2, Affine2, in the order of the forward pass. There may
        be others between them. Pool1 has windows of 2 x 2 and stride 2.
    last_layer : SoftmaxWithLoss
        Separate, because predicting a class needs only the scores.
    """

    def __init__(
        self,
        input_dim: tuple[int, int, int] = (1, 28, 28),
        conv_param: Mapping[str, int] = {"filter_num": 30, "filter_size": 5, "pad": 0, "stride": 1},
        hidden_size: int = 100,
        output_size: int = 10,
        weight_init_std: float = 0.01,
        rng: np.random.Generator | None = None,
        dtype: type = np.float64,
    ) -> None:
        # TODO: set params, then layers that hold the same arrays, and last_layer.
        raise NotImplementedError("SimpleConvNet.__init__: set params, layers and last_layer")

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the scores of a batch: the output before softmax.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            A batch of images.

        Returns
        -------
        ndarray, shape (N, output_size)
            With all parameters zero, every score is 0.
        """
        # TODO: pass x through the layers.
        raise NotImplementedError("SimpleConvNet.predict: return the scores")

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        """Return the mean cross-entropy error of a batch.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            A batch of images.
        t : ndarray, shape (N, output_size)
            One-hot targets.

        Returns
        -------
        float
            About ln 10 = 2.303 for an untrained network with ten classes.
        """
        # TODO: pass the scores and the targets to last_layer.
        raise NotImplementedError("SimpleConvNet.loss: return the loss")

    def accuracy(self, x: np.ndarray, t: np.ndarray, batch_size: int = 100) -> float:
        """Return the fraction of images whose highest score belongs to the right class.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            Any number of images.
        t : ndarray, shape (N, output_size)
            One-hot targets.
        batch_size : int, default 100
            Images that are predicted at a time: the windows of 10,000 images would take gigabytes.
            Stretch: N need not be a multiple of it.

        Returns
        -------
        float
            Between 0 and 1: 75 right out of 100 is 0.75.
        """
        # TODO: predict batch_size images at a time, and count the right ones.
        raise NotImplementedError("SimpleConvNet.accuracy: return the fraction of right guesses")

    def gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the gradients by back-propagation: one forward pass, one backward pass.

        No parameter is changed.

        Parameters
        ----------
        x, t : ndarray
            A batch, as in `loss`.

        Returns
        -------
        grads : dict of str to ndarray
            Under each key of `params`, an array of that parameter's shape.
        """
        # TODO: one forward pass, one backward pass; then collect the six gradients.
        raise NotImplementedError("SimpleConvNet.gradient: return the six gradients")


def train(
    network: SimpleConvNet,
    x_train: np.ndarray,
    t_train: np.ndarray,
    *,
    iterations: int,
    batch_size: int = 100,
    learning_rate: float = 0.001,
    rng: np.random.Generator,
) -> list[float]:
    """Train a network with mini-batches and Adam.

    Each iteration draws a batch, computes the network's gradients on that batch, and lets Adam
    update the parameters. Each call of `train` has a new Adam.

    Parameters
    ----------
    network : SimpleConvNet
        Its `params` are changed in place.
    x_train : ndarray, shape (N, C, H, W)
        All training images.
    t_train : ndarray, shape (N, output_size)
        Their one-hot targets.
    iterations : int
        Number of steps.
    batch_size : int, default 100
        Images in a batch. Each step draws a new batch.
    learning_rate : float, default 0.001
        Adam's `lr`.
    rng : numpy.random.Generator
        Draws the batches. Stretch: the same generator state gives the same training.

    Returns
    -------
    losses : list of float
        The loss on each batch, in order: one for each iteration.
    """
    # TODO: in each iteration: draw a batch with rng, record its loss, and let Adam update the
    # parameters.
    raise NotImplementedError("train: return the list of losses")


def _network_with_dropout(ratio: float, rng: np.random.Generator) -> tuple[SimpleConvNet, Any]:
    """Return a network in He's scale, and the dropout before its last layer, which can be on."""
    from batch_normalization import he_scale
    from regularization import Dropout

    class TrainingDropout(Dropout):
        """Dropout that is on only where the network is trained."""

        is_on = False

        def forward(self, x: np.ndarray, train_flg: bool = True) -> np.ndarray:
            return super().forward(x, self.is_on)

    conv_param = {"filter_num": 24, "filter_size": 5, "pad": 0, "stride": 1}
    network = SimpleConvNet(
        conv_param=conv_param, hidden_size=200, weight_init_std=1, rng=rng, dtype=np.float32
    )
    for key, inputs in (("W1", 5 * 5), ("W2", 24 * 12 * 12), ("W3", 200)):
        network.params[key] *= he_scale(inputs)
    dropout = TrainingDropout(ratio)
    *layers, last = network.layers.items()
    network.layers = dict([*layers, ("Dropout1", dropout), last])
    return network, dropout


def main(iterations: int = 4_500, batch_size: int = 100, dropout_ratio: float = 0.5) -> None:
    """Train a network with 24 filters on MNIST, and show its accuracy, its time and its filters.

    Parameters
    ----------
    iterations : int, default 4500
        Total number of steps. In the last third, they are a fifth as long.
    batch_size : int, default 100
        Images in a step: 600 steps of 100 are one epoch, the size of the training set.
    dropout_ratio : float, default 0.5
        How much of the hidden layer is dropped in training, by the layer of lesson 10.
    """
    from time import perf_counter

    from rich.progress import Progress

    from dataset.mnist import load_mnist
    from dataset.pictures import show_filters, show_network

    (x_train, t_train), (x_test, t_test) = load_mnist(flatten=False, one_hot_label=True)
    np.random.seed(0)  # of the dropout
    rng = np.random.default_rng(0)
    network, dropout = _network_with_dropout(dropout_ratio, rng)
    before = network.params["W1"].copy()
    epoch_length = len(x_train) // batch_size

    def accuracies() -> tuple[float, float]:
        """On a sixth of the training images, and on the test images."""
        sample = x_train[:10_000], t_train[:10_000]
        return network.accuracy(*sample), network.accuracy(x_test, t_test)

    curve = [accuracies()]
    started = perf_counter()

    with Progress(transient=True) as progress:
        bar = progress.add_task("training", total=iterations)
        for done in range(0, iterations, epoch_length):
            steps = min(epoch_length, iterations - done)
            rate = 0.001 if done < iterations * 2 / 3 else 0.0002
            dropout.is_on = True
            losses = train(
                network, x_train, t_train,
                iterations=steps, batch_size=batch_size, learning_rate=rate, rng=rng,
            )  # fmt: skip
            dropout.is_on = False
            curve.append(accuracies())
            steps_done = f"{done + steps:5,} steps"
            loss, test_acc = np.mean(losses), curve[-1][1]
            progress.print(f"{steps_done} | loss: {loss:.3f} | test_acc: {test_acc:.4f}")
            progress.advance(bar, steps)

    print(f"that took {perf_counter() - started:.0f} seconds")
    show_filters(before, network.params["W1"])
    scores = np.concatenate([network.predict(x) for x in np.split(x_test, 100)])
    show_network("conv_net", network, curve, x_test, t_test, scores)


if __name__ == "__main__":
    main()
