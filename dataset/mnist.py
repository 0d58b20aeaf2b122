"""MNIST, seventy thousand handwritten digits, as NumPy arrays."""

import functools
import inspect
import math
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from dataset.files import find_files
from dataset.language import say

P = ParamSpec("P")
R = TypeVar("R")

Split = tuple[NDArray[np.float32], NDArray[Any]]


def _suggest_keyword(function: Callable[P, R]) -> Callable[P, R]:
    """Make the TypeError for a misspelt keyword suggest the right one.

    Python itself does this only since 3.13. This is a decorator because ``**unknown`` in the
    signature would hide the mistake from editors and type checkers.
    """
    known = list(inspect.signature(function).parameters)

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for keyword in kwargs:
            if keyword not in known:
                raise TypeError(_misspelt(function.__name__, keyword, known))
        return function(*args, **kwargs)

    return call


def _misspelt(function: str, keyword: str, known: list[str]) -> str:
    """Name the unknown keyword, and the most similar known one."""
    import difflib

    close = difflib.get_close_matches(keyword, known, n=1)
    takes = say("it takes {names}", names=", ".join(known))
    hint = say("did you mean {name}?", name=close[0]) if close else takes
    return say(
        "{function}() has no argument {keyword}; {hint}",
        function=function,
        keyword=keyword,
        hint=hint,
    )


@_suggest_keyword
def load_mnist(
    normalize: bool = True, flatten: bool = True, one_hot_label: bool = False
) -> tuple[Split, Split]:
    """Load MNIST: 60,000 images for training and 10,000 for testing.

    The first call on a computer downloads about 11 MB into the user's cache folder; later calls
    need no network. ``python -m dataset`` does the same and prints where the files are.

    Parameters
    ----------
    normalize : bool, default True
        Divide the pixels by 255, so that they are between 0.0 and 1.0; otherwise between 0.0
        and 255.0.
    flatten : bool, default True
        Return each image as a row of 784 pixels; otherwise as one channel of 28 by 28.
    one_hot_label : bool, default False
        Return each label as ten numbers, 1.0 at the digit's place and 0.0 elsewhere; otherwise
        as the digit itself.

    Returns
    -------
    (x_train, t_train), (x_test, t_test)
        Images x, float32 of shape (N, 784), or (N, 1, 28, 28) if not `flatten`; 0 is the
        background. Labels t, the digit that each image shows, int64 of shape (N,), or float32
        of shape (N, 10) if `one_hot_label`.

    Raises
    ------
    MnistUnavailable
        If a file is neither on this computer nor available from any source. The message says
        why, and how to place the files by hand.
    TypeError
        If an argument is misspelt.
    """
    files = find_files()

    def split(prefix: str) -> Split:
        pixels = parse_idx(files[f"{prefix}-images-idx3-ubyte"].content, ndim=3)
        digits = parse_idx(files[f"{prefix}-labels-idx1-ubyte"].content, ndim=1)
        return _images(pixels, normalize, flatten), _labels(digits, one_hot_label)

    return split("train"), split("t10k")


def parse_idx(content: bytes, ndim: int) -> NDArray[np.uint8]:
    """Read an array of unsigned bytes in the IDX format.

    The format is two zero bytes, the data type (8 is unsigned bytes), the number of dimensions,
    the size of each as four bytes (highest first), and then the values, the last index fastest.

    Parameters
    ----------
    content : bytes
        A whole, uncompressed IDX file.
    ndim : int
        Expected number of dimensions: 3 for images, 1 for labels.

    Returns
    -------
    ndarray of uint8
        A read-only view of `content`.

    Raises
    ------
    ValueError
        If `content` is anything else; the message says what was expected and what was found.
    """
    magic = bytes([0, 0, 8, ndim])
    if content[:4] != magic:
        raise ValueError(
            f"not the expected IDX file: expected it to begin with {magic.hex(' ')} "
            f"({ndim}-dimensional, unsigned bytes), found {content[:4].hex(' ') or 'nothing'}"
        )
    start = 4 + 4 * ndim
    if len(content) < start:
        raise ValueError(f"IDX header is truncated: expected {start} bytes, found {len(content)}")
    shape = tuple(int(size) for size in np.frombuffer(content, ">u4", count=ndim, offset=4))
    # If one size were 0, the others could be too large for any array.
    expected, found = math.prod(shape), len(content) - start
    if found != expected or not expected:
        raise ValueError(
            f"IDX values do not fit their header: expected {' × '.join(map(str, shape))} bytes "
            f"(at least one), found {found}"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def _images(pixels: NDArray[np.uint8], normalize: bool, flatten: bool) -> NDArray[np.float32]:
    """Turn bytes, shape (N, 28, 28), into the input of a network."""
    # A detour by float64 would need 376 MB.
    images = np.divide(pixels, 255 if normalize else 1, dtype=np.float32)
    return images.reshape(len(pixels), -1) if flatten else images[:, np.newaxis]


def _labels(digits: NDArray[np.uint8], one_hot_label: bool) -> NDArray[Any]:
    """Turn bytes, shape (N,), into targets."""
    if one_hot_label:
        return np.eye(10, dtype=np.float32)[digits]
    # As unsigned bytes, 3 - 5 would be 254.
    return digits.astype(np.int64)
