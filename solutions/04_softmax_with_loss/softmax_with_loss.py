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
    # A constant taken from a whole row cancels in the fraction; taking the row's maximum keeps
    # every exponent at or below zero, where exp cannot overflow.
    shifted = x - np.max(x, axis=-1, keepdims=True)
    e = np.exp(shifted)
    return e / np.sum(e, axis=-1, keepdims=True)


def _as_one_hot(t: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Bring the targets into the shape of the probabilities.

    Parameters
    ----------
    t : ndarray
        One-hot targets in the shape of y, or label indices: one integer for each sample.
    y : ndarray, shape (N, C) or (C,)
        The probabilities that they belong to.

    Returns
    -------
    ndarray, shape of y
        One-hot targets: for three classes, the label 1 becomes [0, 1, 0].
    """
    if np.shape(t) == y.shape:
        return t
    return np.eye(y.shape[-1], dtype=y.dtype)[t]


def cross_entropy_error(y: np.ndarray, t: np.ndarray) -> float:
    """How surprised the network is by the targets, averaged over the samples.

    Parameters
    ----------
    y : ndarray, shape (N, C) or (C,)
        Probabilities.
    t : ndarray, shape of y; or integers, shape (N,) or ()
        One-hot targets. Stretch: label indices as well.

    Returns
    -------
    float
        The mean of -log(probability of the right class): y = [[0.5, 0.5]] with
        t = [[1, 0]] costs ln 2 = 0.693. Finite even where that probability is 0.
    """
    t = _as_one_hot(t, y)
    N = y.size // y.shape[-1]
    log_y = np.log(np.maximum(y, 1e-12))  # a floor, since log(0) is -inf
    return float(-np.sum(t * log_y) / N)


class SoftmaxWithLoss:
    """Softmax and cross-entropy as one layer: their gradients together are simply y - t.

    Attributes
    ----------
    y : ndarray, shape (N, C) or (C,), or None
        The probabilities of the latest `forward`.
    t : ndarray, shape of y, or None
        Its targets, one-hot.
    loss : float or None
        Its loss.
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
            The scores. Stretch: a single sample of shape (C,) counts as a batch of one.
        t : ndarray, shape (N, C)
            One-hot targets. Stretch: label indices of shape (N,) as well.

        Returns
        -------
        float
            The cross-entropy of softmax(x). Ten equal scores cost ln 10 = 2.303.
        """
        self.y = softmax(x)
        self.t = _as_one_hot(t, self.y)
        self.loss = cross_entropy_error(self.y, self.t)
        return self.loss

    def backward(self, dout: float = 1) -> np.ndarray:
        """The gradient of the loss with respect to the scores.

        Parameters
        ----------
        dout : float, default 1
            The upstream gradient. The loss is usually the last node of the graph, hence 1.
            Stretch: any other number scales the answer.

        Returns
        -------
        dx : ndarray, shape of x
            (y - t) / N: dividing by N because the loss is a mean. For the one sample
            x = [[0, 0]], t = [[1, 0]] it is [[-0.5, 0.5]].
        """
        N = self.y.size // self.y.shape[-1]
        dx = dout * (self.y - self.t) / N
        return dx
