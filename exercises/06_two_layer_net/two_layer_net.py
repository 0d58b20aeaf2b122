"""A network of two affine layers, built from the layers of the earlier exercises."""

import sys
from pathlib import Path

import numpy as np

# The earlier exercises are in the folders next to this one.
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
        Standard deviation of the initial weights, which are normally distributed.
    rng : numpy.random.Generator, optional
        Draws the weights; the default is NumPy's global generator.
    dtype : dtype, default float64
        Data type of the parameters. float32 trains twice as fast; a gradient check needs float64.

    Attributes
    ----------
    params : dict of str to ndarray
        W1 (D, H), b1 (H,), W2 (H, C), b2 (C,). The layers hold the same arrays, so changing one in
        place changes the network. The biases start at zero.
    layers : dict of str to layer
        Affine1, Relu1, Affine2, in the order of the forward pass (a dict keeps its order).
    last_layer : SoftmaxWithLoss
        Separate, because predicting a class needs only the scores. Stretch: under this name.
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
        # TODO: fill self.params, then self.layers with layers that hold the same arrays, and set
        # self.last_layer.
        raise NotImplementedError("TwoLayerNet.__init__: set params, layers and last_layer")

    def predict(self, x: np.ndarray) -> np.ndarray:
        """Return the scores of a batch: the output before softmax.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.

        Returns
        -------
        ndarray, shape (N, C)
            With all parameters zero, every score is 0.
        """
        # TODO: send x through the layers, first to last.
        raise NotImplementedError("TwoLayerNet.predict: return the scores")

    def loss(self, x: np.ndarray, t: np.ndarray) -> float:
        """Return the mean cross-entropy error of a batch.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.
        t : ndarray, shape (N, C)
            One-hot targets. Stretch: label indices of shape (N,) as well.

        Returns
        -------
        float
            About ln 10 = 2.303 for an untrained network with ten classes.
        """
        # TODO: predict, then pass the scores to the last layer.
        raise NotImplementedError("TwoLayerNet.loss: return the loss")

    def accuracy(self, x: np.ndarray, t: np.ndarray) -> float:
        """Return the fraction of samples whose highest score belongs to the right class.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of samples.
        t : ndarray, shape (N, C)
            One-hot targets. Stretch: label indices of shape (N,) as well.

        Returns
        -------
        float
            Between 0 and 1: 3 right out of 4 is 0.75.
        """
        # TODO: compare the class that has the highest score with the right class.
        raise NotImplementedError("TwoLayerNet.accuracy: return the fraction of right guesses")

    def numerical_gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the gradients by brute force: slow, but hard to get wrong.

        Every entry of every parameter is nudged up and down.

        Parameters
        ----------
        x, t : ndarray
            A batch, as in `loss`.

        Returns
        -------
        grads : dict of str to ndarray
            Under each key of `params`, an array of that parameter's shape.
        """
        # TODO: one call of numerical_gradient for each parameter, with a function that computes
        # the loss of this batch.
        raise NotImplementedError("TwoLayerNet.numerical_gradient: return the gradients")

    def gradient(self, x: np.ndarray, t: np.ndarray) -> dict[str, np.ndarray]:
        """Compute the gradients by back-propagation: one forward pass, one backward pass.

        Difference quotients of the loss and complex steps are not back-propagation. No parameter is
        changed.

        Parameters
        ----------
        x, t : ndarray
            A batch, as in `loss`.

        Returns
        -------
        grads : dict of str to ndarray
            Under each key of `params`, an array of that parameter's shape.
        """
        # TODO: go forward with self.loss, back through the last layer, then through the others in
        # reverse; collect the gradients that the affine layers stored.
        raise NotImplementedError("TwoLayerNet.gradient: return the gradients")
