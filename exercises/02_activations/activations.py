"""The two activation functions: ReLU and sigmoid."""

import numpy as np


class Relu:
    """Rectified linear unit: positive numbers pass, all others become 0.

    Stretch: the attributes have these names and values. Core asks for results only.

    Attributes
    ----------
    mask : ndarray of bool or None
        True where the latest input was 0 or below, same shape as that input. None before the
        first `forward`.
    """

    def __init__(self) -> None:
        self.mask: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Set all numbers that are not positive to 0.

        Parameters
        ----------
        x : ndarray, any shape
            The input. Stretch: it is not changed, the result is a copy.

        Returns
        -------
        ndarray, shape of x
            ``[[1.0, -0.5], [-2.0, 3.0]]`` becomes ``[[1.0, 0.0], [0.0, 3.0]]``, and `mask` is
            then ``[[False, True], [True, False]]``.
        """
        # TODO: store where x is not positive, and return a copy that is 0 there.
        raise NotImplementedError("Relu.forward: set self.mask, return a masked copy of x")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Let the upstream gradient pass where the input passed.

        Parameters
        ----------
        dout : ndarray, shape of x
            The upstream gradient. Stretch: it is not changed, the result is a copy.

        Returns
        -------
        dx : ndarray, shape of x
            `dout`, with 0 where `mask` is True. For the mask above,
            ``[[10.0, 20.0], [30.0, 40.0]]`` becomes ``[[10.0, 0.0], [0.0, 40.0]]``.
        """
        # TODO: return a copy of dout that is 0 where the mask is True.
        raise NotImplementedError("Relu.backward: return a masked copy of dout")


class Sigmoid:
    """Sigmoid: squeezes any number into the range from 0 to 1.

    Stretch: the attributes have these names and values. Core asks for results only.

    Attributes
    ----------
    out : ndarray or None
        The latest output, which is all that the gradient needs. None before the first `forward`.
    """

    def __init__(self) -> None:
        self.out: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute 1 / (1 + exp(-x)), and store it.

        Parameters
        ----------
        x : ndarray, any shape
            The input. Stretch: it keeps its values.

        Returns
        -------
        ndarray, shape of x
            ``[0.0, 2.0]`` becomes ``[0.5, 0.8808]`` (rounded).
        """
        # TODO: compute the sigmoid, store it as self.out, and return it.
        raise NotImplementedError("Sigmoid.forward: compute self.out and return it")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Multiply the upstream gradient by the local derivative, out * (1 - out).

        Parameters
        ----------
        dout : ndarray, shape of x
            The upstream gradient. Stretch: it keeps its values.

        Returns
        -------
        dx : ndarray, shape of x
            After ``forward([0.0])``, ``backward([8.0])`` is ``[2.0]``: the slope at 0 is 1/4.
        """
        # TODO: multiply dout by the local derivative.
        raise NotImplementedError("Sigmoid.backward: return dx")
