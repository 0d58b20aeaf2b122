"""Writes values as Python that makes them again, exactly."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

MIN_SIZE, MAX_SIZE = 9, 100
"""Sizes from which an array is written in a shorter way, and up to which number by number."""

WIDTH = 88

Loader = Callable[[np.ndarray], str]
"""Returns Python that makes an array that is too large to be written number by number."""


class Unprintable(Exception):
    """A value cannot be written as Python."""


def python_of(value: Any, load: Loader) -> str:
    """Return a value as Python, which needs ``import numpy as np``.

    Parameters
    ----------
    value : object
        A number, text, array, or a list, tuple or dict of these.
    load : callable
        Used for large arrays.

    Raises
    ------
    Unprintable
        If the value is of another type.
    """
    match value:
        case np.ndarray():
            return _python_of_array(value, load)
        case np.generic():
            return f"np.{value.dtype.name}({_number(value.item())})"
        case None | bool() | int() | str():
            return repr(value)
        case float():
            return _number(value)
        case list():
            return f"[{', '.join(python_of(item, load) for item in value)}]"
        case tuple():
            items = ", ".join(python_of(item, load) for item in value)
            return f"({items},)" if len(value) == 1 else f"({items})"
        case dict():
            items = ", ".join(f"{key!r}: {python_of(item, load)}" for key, item in value.items())
            return f"{{{items}}}"
    raise Unprintable(type(value).__name__)


def _number(value: Any) -> str:
    text = repr(value)
    for word in ("nan", "inf"):
        text = text.replace(word, f"np.{word}")
    return text


def _python_of_array(array: np.ndarray, load: Loader) -> str:
    if not isinstance(array.item(0) if array.size else 0.0, bool | int | float | complex):
        raise Unprintable(f"an array of {array.dtype}")
    for text, made in _shorter(array):
        if _is_same(made, array):
            return text
    return load(array) if array.size > MAX_SIZE else literal_of(array)


def _is_same(one: np.ndarray, other: np.ndarray) -> bool:
    return (one.shape, one.dtype, one.tobytes()) == (other.shape, other.dtype, other.tobytes())


def literal_of(array: np.ndarray) -> str:
    """Return an array of any size as Python, number by number."""
    kind = _type_of(array)
    if not array.size:
        return f"np.zeros({array.shape}{kind})"
    with np.printoptions(threshold=array.size + 1, linewidth=WIDTH):
        written = {"all": lambda one: _number(one.item())}
        numbers = np.array2string(array, separator=", ", formatter=written)  # type: ignore[arg-type]
    return f"np.array({numbers}{kind})".replace("\n", "\n" + " " * len("np.array("))


def _type_of(array: np.ndarray) -> str:
    """Return the argument ``dtype``; empty for the types that Python's numbers become."""
    is_usual = array.dtype in (np.dtype(float), np.dtype(int), np.dtype(bool)) and array.size
    return "" if is_usual else f", dtype=np.{array.dtype.name}"


def _shorter(array: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Yield short ways that may make an array, each with what it makes."""
    if array.size < MIN_SIZE:
        return
    first, kind = array.flat[0], "" if array.dtype == float else f", dtype=np.{array.dtype.name}"
    if (array == first).all():
        text = "np.zeros" if not first else "np.full"
        value = "" if not first else f", {_number(first.item())}"
        yield f"{text}({array.shape}{value}{kind})", np.full_like(array, first or 0)
    if array.ndim == 2 and _is_one_hot(array):
        labels, classes = array.argmax(axis=1), array.shape[1]
        yield (
            f"np.eye({classes}{kind})[{labels.tolist()}]",
            np.eye(classes, dtype=array.dtype)[labels],
        )
    if array.ndim == 2:
        for rows in (n for n in range(1, len(array) // 2 + 1) if _repeats(array, n)):
            part, times = array[:rows], (len(array) // rows, 1)
            if part.size <= MAX_SIZE:
                yield f"np.tile({literal_of(part)}, {times})", np.tile(part, times)


def _is_one_hot(array: np.ndarray) -> bool:
    return bool(((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all())


def _repeats(array: np.ndarray, rows: int) -> bool:
    """Return whether an array consists of its first rows, again and again."""
    return len(array) % rows == 0 and bool((array[rows:] == array[:-rows]).all())
