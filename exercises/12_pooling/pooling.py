"""The pooling layer: the largest number of each window. Run it with ``python pooling.py``."""

import sys
from pathlib import Path

import numpy as np

# The earlier exercises are in the folders next to this one. You may import `im2col`, and need not.
sys.path[:0] = [str(folder) for folder in Path(__file__).resolve().parents[1].glob("[0-9]*_*")]


class Pooling:
    """Max pooling: a window slides over each channel, and its largest number is kept.

    Parameters
    ----------
    pool_h, pool_w : int
        Height and width of the window.
    stride : int, default 1
        Steps between one window and the next, down as well as to the right.
    pad : int, default 0
        Zeros added around each channel, on all four sides. Stretch.

    Attributes
    ----------
    x : ndarray or None
        The latest input of `forward`, with its padding.
    masks : list of ndarray of bool
        One mask for each place in a window. It is True for the windows whose maximum was there in
        the latest `forward`. You may store the same in another way.
    """

    def __init__(self, pool_h: int, pool_w: int, stride: int = 1, pad: int = 0) -> None:
        self.pool_h = pool_h
        self.pool_w = pool_w
        self.stride = stride
        self.pad = pad
        self.x: np.ndarray | None = None
        self.masks: list[np.ndarray] = []

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Return the maximum of each window, and remember where it was.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            A batch of N samples with C channels each. Numbers at the right and lower edge that no
            whole window reaches are left out. Stretch: it is not changed.

        Returns
        -------
        ndarray, shape (N, C, OH, OW)
            Without padding, OH is (H - pool_h) // stride + 1, and OW likewise. One channel
            [[1, 4, 2], [3, 0, 5]] gives [[4, 5]] with a window of 2 x 2.
        """
        # TODO: return the maximum of each window, and store what backward needs.
        raise NotImplementedError("Pooling.forward: return the maximum of each window")

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Send the gradient of each window to the place of its maximum, and nowhere else.

        Parameters
        ----------
        dout : ndarray, shape (N, C, OH, OW)
            The upstream gradient. Stretch: it keeps its values.

        Returns
        -------
        dx : ndarray, shape (N, C, H, W)
            After the forward above, ``[[10, 20]]`` gives ``[[0, 10, 0], [0, 0, 20]]``. Where
            windows overlap, gradients add up.
        """
        # TODO: add each number of dout at the place of its window's maximum.
        raise NotImplementedError("Pooling.backward: return the gradient of x")


def main() -> None:
    """Pool a digit, and show its maxima, and the places where a gradient of ones goes."""
    from dataset.mnist import load_mnist
    from dataset.pictures import show_pooling

    (images, _), _ = load_mnist(flatten=False)
    layer = Pooling(2, 2, stride=2)
    maxima = layer.forward(images[:1])
    gradient = layer.backward(np.ones_like(maxima))
    show_pooling(images[0, 0], maxima[0, 0], gradient[0, 0])


if __name__ == "__main__":
    main()
