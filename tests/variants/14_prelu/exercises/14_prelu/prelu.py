"""A ReLU that learns how much of the negative inputs it lets through."""

import numpy as np


class Prelu:
    """Parametric ReLU: positive numbers pass, all others are multiplied by a slope.

    There is one slope for each column, learned like a weight.

    Parameters
    ----------
    slopes : ndarray, shape (D,)
        The slopes. The array itself is kept, not a copy: changing it in place changes the layer.

    Attributes
    ----------
    slopes : ndarray, shape (D,)
        The slopes.
    x : ndarray or None
        The latest input. None before the first `forward`.
    dslopes : ndarray, shape (D,), or None
        The gradient of the slopes, set by `backward`.
    """

    def __init__(self, slopes: np.ndarray) -> None:
        self.slopes = slopes
        self.x: np.ndarray | None = None
        self.dslopes: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Let positive numbers pass, and multiply all others by the slope of their column.

        Parameters
        ----------
        x : ndarray, shape (N, D)
            A batch of N samples. It is not changed.

        Returns
        -------
        ndarray, shape (N, D)
            With slopes ``[0.5, 0.1]``, ``[[1.0, -2.0], [-4.0, 3.0]]`` becomes
            ``[[1.0, -0.2], [-2.0, 3.0]]``.
        """
        # TODO: store x, and bend it at 0 with the slope of each column.
        raise NotImplementedError("Prelu.forward: store x, return the bent x")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Compute the gradients of the input and of the slopes.

        Parameters
        ----------
        dout : ndarray, shape (N, D)
            The upstream gradient.

        Returns
        -------
        dx : ndarray, shape (N, D)
            After the example above, ``[[1.0, 1.0], [1.0, 1.0]]`` becomes
            ``[[1.0, 0.1], [0.5, 1.0]]``, and `dslopes` is then ``[-4.0, -2.0]``.
        """
        # TODO: set self.dslopes, and return dx.
        raise NotImplementedError("Prelu.backward: set self.dslopes, return dx")
