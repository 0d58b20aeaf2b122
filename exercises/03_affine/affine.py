"""The affine layer: a matrix product and a bias."""

import numpy as np


class Affine:
    """One fully connected layer: out = x @ W + b.

    Core asks for `dW` and `db`, which exercise 06 reads. Stretch: `x`, `W` and `b` are stored under
    these names.

    Parameters
    ----------
    W : ndarray, shape (D, M)
        The weights. The layer keeps the array itself, not a copy, so that training can change it
        in place.
    b : ndarray, shape (M,)
        The bias, kept in the same way.

    Attributes
    ----------
    x : ndarray, shape (N, D), or None
        The input of the latest `forward`.
    dW : ndarray, shape (D, M), or None
        The gradient of the weights. None before the first `backward`.
    db : ndarray, shape (M,), or None
        The gradient of the bias. None before the first `backward`.
    """

    def __init__(self, W: np.ndarray, b: np.ndarray) -> None:
        self.W = W
        self.b = b
        self.x: np.ndarray | None = None
        self.dW: np.ndarray | None = None
        self.db: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Multiply a batch by the weights, add the bias to every row, and store the batch.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of N samples.

        Returns
        -------
        ndarray, shape (N, M)
            With W = [[1, 2], [3, 4]] and b = [10, 20], one sample [[1, 1]] gives [[14, 26]].
        """
        # TODO: store x, and return the product plus the bias.
        raise NotImplementedError("Affine.forward: store x, return x @ W + b")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Compute all three gradients: dW and db are stored, dx is passed on.

        Each is a formula of `dout` and of what is stored, without another forward pass: difference
        quotients and complex steps are not back-propagation.

        Parameters
        ----------
        dout : ndarray, shape (N, M)
            The upstream gradient.

        Returns
        -------
        dx : ndarray, shape (N, D)
            After the forward above, ``backward([[1, 0]])`` gives dx = [[1, 3]], and sets
            dW = [[1, 0], [1, 0]] and db = [1, 0].
        """
        # TODO: store self.dW and self.db, and return dx. Their shapes are those of W, b and x.
        raise NotImplementedError("Affine.backward: set self.dW and self.db, return dx")
