"""From scores to probabilities to one number: softmax, cross-entropy, and both as one layer."""

import numpy as np


def softmax(x: np.ndarray) -> np.ndarray:
    """Turn each row of scores into probabilities.

    Parameters
    ----------
    x : ndarray, shape (N, C) or (C,)
        The scores (logits): one row for each sample, or a single sample.

    Returns
    -------
    y : ndarray, shape of x
        Positive numbers; each row sums to 1. The scores [0, ln 3] give [0.25, 0.75], and
        [1000, 1000] give [0.5, 0.5].
    """
    # TODO: divide the exponentials by their sum in each row; large scores must not overflow.
    raise NotImplementedError("softmax: turn each row of x into probabilities")


def cross_entropy_error(y: np.ndarray, t: np.ndarray) -> float:
    """Return the mean cross-entropy error of the samples.

    Parameters
    ----------
    y : ndarray, shape (N, C)
        Probabilities. Stretch: a single sample of shape (C,) as well.
    t : ndarray, shape of y
        One-hot targets. Stretch: label indices of shape (N,) as well.

    Returns
    -------
    float
        The mean of -log(probability of the right class): y = [[0.5, 0.5]] with t = [[1, 0]] gives
        ln 2 = 0.693. Finite even if that probability is 0: any number from 10 to 1000 will do.
    """
    # TODO: return the mean over the samples of -log(probability of the right class).
    raise NotImplementedError("cross_entropy_error: return the mean loss")


class SoftmaxWithLoss:
    """Softmax and cross-entropy as one layer: their combined gradient is y - t.

    Stretch: the attributes have these names and values. Core asks for results only.

    Attributes
    ----------
    y : ndarray, shape (N, C) or (C,), or None
        The probabilities of the latest `forward`.
    t : ndarray, shape of y, or None
        The one-hot targets of the latest `forward`.
    loss : float or None
        The loss of the latest `forward`.
    """

    def __init__(self) -> None:
        self.y: np.ndarray | None = None
        self.t: np.ndarray | None = None
        self.loss: float | None = None

    def forward(self, x: np.ndarray, t: np.ndarray) -> float:
        """Compute the loss of a batch of scores.

        Parameters
        ----------
        x : ndarray, shape (N, C)
            The scores. Stretch: a single sample of shape (C,) is treated as a batch of one.
        t : ndarray, shape (N, C)
            One-hot targets. Stretch: label indices of shape (N,) as well.

        Returns
        -------
        float
            The cross-entropy of softmax(x). Ten equal scores give ln 10 = 2.303.
        """
        # TODO: store the probabilities and the targets, and return the loss.
        raise NotImplementedError("SoftmaxWithLoss.forward: set self.y and self.t, return the loss")

    def backward(self, dout: float = 1) -> np.ndarray:
        """Return the gradient of the loss with respect to the scores.

        Parameters
        ----------
        dout : float, default 1
            The upstream gradient. The loss is usually the last node of the graph, so it is 1.
            Stretch: any other number scales the result.

        Returns
        -------
        dx : ndarray, shape of x
            (y - t) / N: divided by N because the loss is a mean. For one sample
            x = [[0, 0]], t = [[1, 0]] it is [[-0.5, 0.5]].
        """
        # TODO: return the gradient from the lesson, divided by the number of samples.
        raise NotImplementedError("SoftmaxWithLoss.backward: return dx")
