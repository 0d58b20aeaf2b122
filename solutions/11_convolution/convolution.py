"""The convolution layer, and the matrix of windows that makes it one matrix product."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def output_size(size: int, filter_size: int, stride: int, pad: int) -> int:
    """Count the positions of a filter along one axis of an image.

    Parameters
    ----------
    size : int
        Height or width of the image.
    filter_size : int
        Height or width of the filter.
    stride : int
        Number of pixels from one position to the next.
    pad : int
        Number of pixels that are added at both ends.

    Returns
    -------
    int
        A filter of 3 pixels has 6 positions on 8 pixels: ``output_size(8, 3, 1, 0)`` is 6. With
        stride 2 it has 3, and the last pixel is not used.
    """
    return (size + 2 * pad - filter_size) // stride + 1


def im2col(
    x: np.ndarray, filter_h: int, filter_w: int, stride: int = 1, pad: int = 0
) -> np.ndarray:
    """Copy every window of a batch of images into a row of a matrix.

    A window is what a filter of filter_h x filter_w covers in one position, in all channels. The
    filter has out_h positions from top to bottom, and out_w from left to right (`output_size`).

    Parameters
    ----------
    x : ndarray, shape (N, C, H, W)
        N images of C channels.
    filter_h : int
        Height of a window.
    filter_w : int
        Width of a window.
    stride : int, default 1
        Number of pixels from one window to the next, in both directions.
    pad : int, default 0
        Number of rows and columns of zeros that are added on each side of an image.

    Returns
    -------
    col : ndarray, shape (N * out_h * out_w, C * filter_h * filter_w)
        The rows: all windows of the first image, from left to right and from top to bottom, then
        those of the next image. In a row: the window's pixels of the first channel, in the same
        order, then those of the next channel. With windows of 2 x 2, the image
        ``[[1, 2, 3], [4, 5, 6]]`` gives ``[[1, 2, 4, 5], [2, 3, 5, 6]]``.
    """
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = sliding_window_view(padded, (filter_h, filter_w), axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride]  # (N, C, out_h, out_w, filter_h, filter_w)
    N, C, out_h, out_w = windows.shape[:4]
    # Copied as columns and then transposed: long runs of pixels are copied faster than short ones.
    columns = windows.transpose(1, 4, 5, 0, 2, 3)
    return columns.reshape(C * filter_h * filter_w, N * out_h * out_w).T


def col2im(
    col: np.ndarray,
    input_shape: tuple[int, int, int, int],
    filter_h: int,
    filter_w: int,
    stride: int = 1,
    pad: int = 0,
) -> np.ndarray:
    """Add every row of a matrix of windows to the pixels that `im2col` took it from.

    A pixel that is in several windows gets the sum: this is the backward pass of `im2col`.

    Parameters
    ----------
    col : ndarray, shape (N * out_h * out_w, C * filter_h * filter_w)
        One row for each window, in the order of `im2col`.
    input_shape : tuple of int
        The shape (N, C, H, W) of the images.
    filter_h : int
        Height of a window.
    filter_w : int
        Width of a window.
    stride : int, default 1
        Number of pixels from one window to the next.
    pad : int, default 0
        Number of rows and columns of zeros that `im2col` added on each side. What is added to them
        is dropped.

    Returns
    -------
    ndarray, shape (N, C, H, W)
        With windows of 2 x 2 and ones in `col`, an image of 3 x 3 becomes
        ``[[1, 2, 1], [2, 4, 2], [1, 2, 1]]``: how many windows use each pixel.
    """
    N, C, H, W = input_shape
    out_h = output_size(H, filter_h, stride, pad)
    out_w = output_size(W, filter_w, stride, pad)
    columns = col.T.reshape(C, filter_h, filter_w, N, out_h, out_w)
    padded = np.zeros((N, C, H + 2 * pad, W + 2 * pad), dtype=col.dtype)
    for i in range(filter_h):
        for j in range(filter_w):
            # The pixels at row i and column j of all windows. No two of them are the same pixel.
            rows = slice(i, i + stride * out_h, stride)
            cols = slice(j, j + stride * out_w, stride)
            padded[:, :, rows, cols] += columns[:, i, j].transpose(1, 0, 2, 3)
    return padded[:, :, pad : pad + H, pad : pad + W]


class Convolution:
    """A layer that slides its filters over images: each output is a window times a filter, plus b.

    As in all networks, the filters are not flipped: strictly speaking, it is a correlation. Core
    asks for `dW` and `db`, which exercise 13 reads; what else is stored is for the layer itself.

    Parameters
    ----------
    W : ndarray, shape (FN, C, FH, FW)
        FN filters, each of C channels of FH x FW weights. The layer keeps the array itself, not a
        copy, so that training can change it in place.
    b : ndarray, shape (FN,)
        One bias for each filter, kept in the same way.
    stride : int, default 1
        Number of pixels from one window to the next.
    pad : int, default 0
        Number of rows and columns of zeros that are added on each side of an image.

    Attributes
    ----------
    x : ndarray, shape (N, C, H, W), or None
        The input of the latest `forward`.
    col : ndarray, shape (N * out_h * out_w, C * FH * FW), or None
        Its windows.
    dW : ndarray, shape (FN, C, FH, FW), or None
        The gradient of the filters. None before the first `backward`.
    db : ndarray, shape (FN,), or None
        The gradient of the biases. None before the first `backward`.
    """

    def __init__(self, W: np.ndarray, b: np.ndarray, stride: int = 1, pad: int = 0) -> None:
        self.W = W
        self.b = b
        self.stride = stride
        self.pad = pad
        self.x: np.ndarray | None = None
        self.col: np.ndarray | None = None
        self.dW: np.ndarray | None = None
        self.db: np.ndarray | None = None

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Apply every filter to every window of every image.

        Parameters
        ----------
        x : ndarray, shape (N, C, H, W)
            A batch of N images.

        Returns
        -------
        ndarray, shape (N, FN, out_h, out_w)
            One map for each image and filter. The filter ``[[1, 2], [0, 1]]`` with b = 10 makes
            ``[[16, 20], [28, 32]]`` of the image ``[[0, 1, 2], [3, 4, 5], [6, 7, 8]]``.
        """
        FN, _, FH, FW = self.W.shape
        N, _, H, W = x.shape
        out_h = output_size(H, FH, self.stride, self.pad)
        out_w = output_size(W, FW, self.stride, self.pad)

        self.x = x
        self.col = im2col(x, FH, FW, self.stride, self.pad)
        out = np.dot(self.W.reshape(FN, -1), self.col.T) + self.b.reshape(FN, 1)
        return out.reshape(FN, N, out_h, out_w).transpose(1, 0, 2, 3)

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Compute all three gradients: dW and db are stored, dx is passed on.

        Each is a formula of `dout` and of what is stored, without another forward pass.

        Parameters
        ----------
        dout : ndarray, shape (N, FN, out_h, out_w)
            The upstream gradient.

        Returns
        -------
        dx : ndarray, shape (N, C, H, W)
            After the forward above, ``backward([[[[1, 0], [0, 10]]]])`` gives
            dx = [[1, 2, 0], [0, 11, 20], [0, 0, 10]], and sets dW = [[40, 51], [73, 84]] and
            db = [11].
        """
        FN, C, FH, FW = self.W.shape
        dout = dout.transpose(1, 0, 2, 3).reshape(FN, -1)  # a row for each filter

        self.dW = np.dot(dout, self.col).reshape(FN, C, FH, FW)
        self.db = np.sum(dout, axis=1)
        dcol = np.dot(self.W.reshape(FN, -1).T, dout).T
        return col2im(dcol, self.x.shape, FH, FW, self.stride, self.pad)


def main(number: int = 0) -> None:
    """Show what hand-made filters see in a handwritten digit.

    Parameters
    ----------
    number : int, default 0
        Which of the 10,000 test images.
    """
    from dataset.mnist import load_mnist
    from dataset.pictures import show_feature_maps

    _, (images, _) = load_mnist(flatten=False)

    smooth = np.array([1, 4, 6, 4, 1]) / 16
    slope = np.array([-1, -2, 0, 2, 1]) / 6
    left, upper = np.outer(smooth, slope), np.outer(slope, smooth)
    filters = {
        "blur": np.outer(smooth, smooth),
        "left edges": left,
        "right edges": -left,
        "upper edges": upper,
        "lower edges": -upper,
    }
    W = np.array(list(filters.values())).reshape(5, 1, 5, 5)
    layer = Convolution(W, b=np.zeros(5))
    maps = layer.forward(images[number : number + 1])
    show_feature_maps(images[number, 0], filters, maps[0])


if __name__ == "__main__":
    main()
