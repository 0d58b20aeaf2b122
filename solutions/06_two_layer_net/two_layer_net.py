"""A network of two affine layers, made of the layers of the earlier exercises."""

import sys
from pathlib import Path
from typing import Any

import numpy as np

# The earlier exercises live in the folders next to this one.
sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1].glob("[0-9]*_*")]

from activations import Relu
from affine import Affine
from numerical_gradient import numerical_gradient
from softmax_with_loss import SoftmaxWithLoss


class TwoLayerNet:
    """Affine, ReLU, affine, and softmax with loss at the end.

    Parameters
    ----------
    input_size : int
        Numbers in a sample (D): 784 for a digit of 28 x 28 pixels.
    hidden_size : int
        Neurons in the hidden layer (H).
    output_size : int
        Classes (C).
    weight_init_std : float, default 0.01
        Standard deviation of the normal distribution that the weights start from.
    rng : numpy.random.Generator, optional
        Where the weights are drawn from; by default a fresh generator.
    dtype : dtype, default float64
        Of the parameters. float32 trains twice as fast; a gradient check needs float64.

    Attributes
    ----------
    params : dict of str to ndarray
        W1 (D, H), b1 (H,), W2 (H, C), b2 (C,). The layers hold these very arrays: changing one
        in place changes the network. The biases start at zero.
    layers : dict of str to layer
        Affine1, Relu1, Affine2, in the order of the forward pass (a dict keeps its order).
    last_layer : SoftmaxWithLoss
        Kept apart, since predicting a class needs the scores only.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        output_size: int,
        weight_init_std: float = 0.01,
        rng: np.random.Generator | None = None,
        dtype: type = np.float64,
    ) -> None:
        rng = rng or np.random.default_rng()
        W1 = weight_init_std * rng.standard_normal((input_size, hidden_size))
        W2 = weight_init_std * rng.standard_normal((hidden_size, output_size))
        self.params: dict[str, np.ndarray] = {
            "W1": W1.astype(dtype),
            "b1": np.zeros(hidden_size, dtype),
            "W2": W2.astype(dtype),
            "b2": np.zeros(output_size, dtype),
        }
        self.layers: dict[str, Any] = {
            "Affine1": Affine(self.params["W1"], self.params["b1"]),
            "Relu1": Relu(),
            "Affine2": Affine(self.params["W2"], self.params["b2"]),
        }
        self.last_layer = SoftmaxWithLoss()

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The scores of a batch: what comes out before softmax.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.

        Returns
        -------
        ndarray, shape (N, C)
            With all parameters zero, every score is 0.
        """
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        """The mean cross-entropy of a batch.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.
        t : ndarray, shape (N, C)
            One-hot targets.

        Returns
        -------
        float
            About ln 10 = 2.303 for an untrained network with ten classes.
        """
        scores = self.predict(x)
        return self.last_layer.forward(scores, t)

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """The share of samples whose highest score is the right class.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.
        t : ndarray, shape (N, C)
            One-hot targets. Stretch: label indices of shape (N,) as well.

        Returns
        -------
        float
            Between 0 and 1: 3 right out of 4 are 0.75.
        """
        guesses = np.argmax(self.predict(x), axis=1)
        labels = np.argmax(t, axis=1) if t.ndim == 2 else t
        return float(np.mean(guesses == labels))

    def numerical_gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """The gradients by brute force: slow, but hard to get wrong.

        Parameters
        ----------
        x, t : ndarray
            A batch, as in `loss`.

        Returns
        -------
        grads : dict of str to ndarray
            Under each key of `params`, an array of that parameter's shape.
        """

        def loss_now(_: np.ndarray) -> float:
            return self.loss(x, t)

        return {key: numerical_gradient(loss_now, param) for key, param in self.params.items()}

    def gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """The gradients by back-propagation: one pass forward, one pass back.

        Parameters
        ----------
        x, t : ndarray
            A batch, as in `loss`.

        Returns
        -------
        grads : dict of str to ndarray
            Under each key of `params`, an array of that parameter's shape.
        """
        self.loss(x, t)

        dout = self.last_layer.backward(1)
        for layer in reversed(self.layers.values()):
            dout = layer.backward(dout)

        first, second = self.layers["Affine1"], self.layers["Affine2"]
        return {"W1": first.dW, "b1": first.db, "W2": second.dW, "b2": second.db}
