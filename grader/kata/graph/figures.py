"""Short texts for numbers and arrays, for the edges of a graph."""

import numpy as np

from grader.messages.language import say

MAX_ROWS = 3
MAX_COLUMNS = 4


def lines(data: float | np.ndarray) -> list[str]:
    """Format a value in a few short lines.

    Returns
    -------
    list of str
        For a number, one line. For an array, its shape, followed by its rows if it has at most
        `MAX_ROWS` by `MAX_COLUMNS` entries, or else by its range.
    """
    if not isinstance(data, np.ndarray):
        return [_number(data, 4)]
    if not _is_small(data):
        return [str(data.shape), _range(data)]
    texts = [[_number(item, 3) for item in row] for row in np.atleast_2d(data)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    return [str(data.shape), *("  ".join(map(str.rjust, row, widths)) for row in texts)]


def in_words(data: float | np.ndarray) -> str:
    """Format a value as `lines` does, but in one line."""
    if not isinstance(data, np.ndarray):
        return _number(data, 4)
    if not _is_small(data):
        return f"{data.shape} {_range(data)}"
    rows = ", ".join(f"[{', '.join(_number(i, 3) for i in row)}]" for row in np.atleast_2d(data))
    return f"{data.shape} {f'[{rows}]' if data.ndim == 2 else rows}"


def _is_small(data: np.ndarray) -> bool:
    rows, columns = (1, *data.shape)[-2:]
    return data.ndim <= 2 and 0 < rows <= MAX_ROWS and 0 < columns <= MAX_COLUMNS


def _range(data: np.ndarray) -> str:
    if not data.size:
        return say("empty")
    least, most = _number(np.min(data), 3), _number(np.max(data), 3)
    return say("{least} to {most}", least=least, most=most)


def _number(number: float, digits: int) -> str:
    """Round to significant digits; no exponent from ``10**digits`` up to ten million."""
    form = ".0f" if 10**digits <= abs(number) < 1e7 else f".{digits}g"
    return f"{number + 0.0:{form}}"  # -0.0 becomes 0
