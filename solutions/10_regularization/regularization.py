"""Dropout and weight decay, against overfitting. Run it with ``python regularization.py``."""

import os
import sys
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

# With batches this small, a second thread makes NumPy slower.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

# The earlier exercises are in the folders next to this one.
sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1].glob("[0-9]*_*")]


class Dropout:
    """A layer that sets a random part of its input to 0 in training, and nothing in a test.

    There are two ways, and both are right. What a test sees is what training gives on average:

    - The book's: in training, elements are kept as they are; in a test, all are multiplied by
      1 - dropout_ratio.
    - Inverted dropout: in training, elements that are kept are divided by 1 - dropout_ratio; in a
      test, nothing is changed.

    Parameters
    ----------
    dropout_ratio : float, default 0.5
        Probability that an element is dropped: from 0, where none is, to below 1.

    Attributes
    ----------
    mask : ndarray, shape of x, or None
        Which elements the latest `forward` in training has kept: `backward` needs it.
    """

    def __init__(self, dropout_ratio: float = 0.5) -> None:
        self.dropout_ratio = dropout_ratio
        self.mask: np.ndarray | None = None

    def forward(self, x: np.ndarray, train_flg: bool = True) -> np.ndarray:
        """Drop elements at random in training; in a test, let all of them through.

        Parameters
        ----------
        x : ndarray, any shape
            The input. Stretch: it is not changed.
        train_flg : bool, default True
            Whether this is training. Then each element is dropped or kept by a draw of its own,
            anew in each call.

        Returns
        -------
        ndarray, shape of x
            With the ratio 0.5, ``[3.0, 4.0]`` becomes ``[3.0, 0.0]`` if the second one is dropped,
            and ``[1.5, 2.0]`` in a test. With inverted dropout, these are ``[6.0, 0.0]`` and
            ``[3.0, 4.0]``.
        """
        if train_flg:
            self.mask = np.random.rand(*x.shape) > self.dropout_ratio
            return x * self.mask
        return x * (1.0 - self.dropout_ratio)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Let the upstream gradient pass where the latest `forward` in training let x pass.

        Parameters
        ----------
        dout : ndarray, shape of x
            The upstream gradient. Stretch: it is not changed.

        Returns
        -------
        dx : ndarray, shape of x
            0 where x was dropped. Elsewhere `dout`, times the number that x was multiplied by.
        """
        return dout * self.mask


def weight_decay_loss(params: Mapping[str, np.ndarray], weight_decay_lambda: float) -> float:
    """Return what weight decay adds to the loss: large weights cost more.

    Parameters
    ----------
    params : dict of str to ndarray
        Parameters of a network. Weights are those whose key begins with W: W1, W2, ... Biases,
        and gamma and beta of lesson 09, do not count.
    weight_decay_lambda : float
        How much weights cost.

    Returns
    -------
    float
        Half of lambda times the sum of all squared weights. With W1 = [[1, -2], [3, 0]] as the
        only weights, and lambda = 0.1, it is 0.5 * 0.1 * 14 = 0.7.
    """
    squares = sum(np.sum(W**2) for key, W in params.items() if key.startswith("W"))
    return 0.5 * weight_decay_lambda * float(squares)


def weight_decay_gradient(
    params: Mapping[str, np.ndarray], weight_decay_lambda: float
) -> dict[str, np.ndarray]:
    """Return the gradient of `weight_decay_loss`, to be added to the gradient of the loss.

    Parameters
    ----------
    params : dict of str to ndarray
        Parameters of a network. Stretch: they are not changed.
    weight_decay_lambda : float
        How much weights cost.

    Returns
    -------
    dict of str to ndarray
        Under the key of each weight, lambda times the weight: for the W1 above,
        ``{"W1": [[0.1, -0.2], [0.3, 0.0]]}``. Other parameters are left out, or have zeros.
    """
    return {key: weight_decay_lambda * W for key, W in params.items() if key.startswith("W")}


class DeepNet:
    """Seven affine layers, with ReLU and dropout after each but the last. Complete as it is.

    Parameters
    ----------
    dropout_ratio : float, default 0
        The ratio of each `Dropout`; with 0 there are none.
    weight_decay_lambda : float, default 0
        How much weights cost; with 0 there is no weight decay.

    Attributes
    ----------
    params : dict of str to ndarray
        W1 and b1 to W7 and b7, in float32. The layers hold the same arrays.
    layers : list of layer
        In the order of the forward pass.
    """

    SIZES = (784, 100, 100, 100, 100, 100, 100, 10)

    def __init__(self, dropout_ratio: float = 0.0, weight_decay_lambda: float = 0.0) -> None:
        # Imported here, since your part of this exercise needs no other.
        from activations import Relu
        from affine import Affine
        from softmax_with_loss import SoftmaxWithLoss

        self.weight_decay_lambda = weight_decay_lambda
        self.params: dict[str, np.ndarray] = {}
        self.layers: list[Any] = []
        for number, (size, next_size) in enumerate(pairwise(self.SIZES), 1):
            W = np.sqrt(2 / size) * np.random.standard_normal((size, next_size))
            W, b = W.astype(np.float32), np.zeros(next_size, np.float32)
            self.params |= {f"W{number}": W, f"b{number}": b}
            self.layers += [Affine(W, b), Relu()]
            if dropout_ratio:
                self.layers.append(Dropout(dropout_ratio))
        while not isinstance(self.layers[-1], Affine):
            self.layers.pop()
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x: np.ndarray, train_flg: bool = False) -> np.ndarray:
        """Return the scores of a batch.

        Parameters
        ----------
        x : ndarray, shape (N, 784)
            A batch of images.
        train_flg : bool, default False
            Whether this is training.

        Returns
        -------
        ndarray, shape (N, 10)
            One score for each class.
        """
        for layer in self.layers:
            is_dropout = isinstance(layer, Dropout)
            x = layer.forward(x, train_flg) if is_dropout else layer.forward(x)
        return x

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """Return the fraction of samples whose highest score belongs to the right class.

        Parameters
        ----------
        x, t : ndarray
            Images and their one-hot targets.

        Returns
        -------
        float
            Between 0 and 1.
        """
        return float(np.mean(self.predict(x).argmax(axis=1) == t.argmax(axis=1)))

    def step(self, x: np.ndarray, t: np.ndarray, learning_rate: float = 0.01) -> None:
        """Move every parameter a small step against its gradient, weight decay included.

        Parameters
        ----------
        x, t : ndarray
            A batch of images and their one-hot targets.
        learning_rate : float, default 0.01
            Scales the step.
        """
        self.last_layer.forward(self.predict(x, train_flg=True), t)
        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        affines = [layer for layer in self.layers if hasattr(layer, "dW")]
        grads = {f"W{number}": layer.dW for number, layer in enumerate(affines, 1)}
        grads |= {f"b{number}": layer.db for number, layer in enumerate(affines, 1)}
        if self.weight_decay_lambda:
            decay = weight_decay_gradient(self.params, self.weight_decay_lambda)
            grads = {key: grad + decay.get(key, 0) for key, grad in grads.items()}
        for key, param in self.params.items():
            param -= learning_rate * grads[key]


def main(epochs: int = 300) -> None:
    """Train three networks on 300 images, and show how far each of them learns these by heart.

    Parameters
    ----------
    epochs : int, default 300
        How often each network sees all 300 images.
    """
    from rich.progress import track

    from dataset.mnist import load_mnist
    from dataset.pictures import show_overfitting

    (x_train, t_train), (x_test, t_test) = load_mnist(one_hot_label=True)
    x_train, t_train = x_train[:300], t_train[:300]
    networks = {
        "neither": {},
        "weight decay": {"weight_decay_lambda": 0.1},
        "dropout": {"dropout_ratio": 0.15},
    }
    curves: dict[str, list[tuple[int, float, float]]] = {}
    for name, settings in networks.items():
        np.random.seed(0)
        network = DeepNet(**settings)
        curves[name] = []
        for epoch in track(range(epochs + 1), name, transient=True):
            if epoch % 20 == 0:
                reached = network.accuracy(x_train, t_train), network.accuracy(x_test, t_test)
                curves[name].append((epoch, *reached))
            for batch in np.random.permutation(300).reshape(3, 100):
                network.step(x_train[batch], t_train[batch])
    show_overfitting(curves)


if __name__ == "__main__":
    main()
