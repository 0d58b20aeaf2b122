"""Describes in a few words how a wrong answer differs from the right one.

Each description holds for all numbers that it covers; otherwise there is none.
"""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np

from grader.messages.message import Text, english, joined
from grader.transport.student import Handle
from grader.worker import wire


def tell_difference(returned: Any, expected: np.ndarray, rtol: float, atol: float) -> Text:
    """Return how a value differs from an array or number; empty if they match."""
    is_number = isinstance(returned, bool | int | float)
    if not is_number and not wire.is_plain_array(returned):
        return _joined(_tell_wanted(expected), tell_kind(returned, expected))
    array = np.asarray(returned)
    if array.shape != expected.shape:
        shapes = english(
            "shape {found} instead of {wanted}", found=array.shape, wanted=expected.shape
        )
        return _joined(shapes, tell_shape(array, expected))
    if not _kinds_agree(array, expected):
        found, wanted = _kind(array), _kind(expected)
        return english("{found} instead of {wanted}", found=found, wanted=wanted)
    if _agree(array, expected, rtol, atol):
        return ""
    wrong = _wrong_in(array, expected, rtol, atol)
    if not wrong.any():
        return ""
    return _joined(_tell_values(array, expected, wrong), tell_values(array, expected, wrong))


def first_difference(
    returned: Any, expected: np.ndarray, rtol: float, atol: float
) -> tuple[int, ...]:
    """Return the index of the first wrong number of an array; empty if the shape differs."""
    if not wire.is_plain_array(returned) or returned.shape != expected.shape:
        return ()
    wrong = _wrong_in(returned, expected, rtol, atol)
    return tuple(np.argwhere(wrong)[0].tolist()) if wrong.any() else ()


def _wrong_in(array: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> np.ndarray:
    """Return where numbers differ. Integers and booleans must be equal."""
    if expected.dtype.kind in "iub" and array.dtype.kind in "iub":
        rtol = atol = 0.0
    wrong: np.ndarray = ~np.isclose(array, expected, rtol=rtol, atol=atol)
    return wrong


def _tell_wanted(expected: np.ndarray) -> Text:
    return english("an array was expected") if expected.ndim else english("a number was expected")


def tell_kind(returned: Any, expected: np.ndarray) -> Text:
    """Describe what was returned in place of an array or number.

    Parameters
    ----------
    returned : object
        Neither an array nor a number.
    expected : ndarray
        The expected array, without axes for a number.

    Returns
    -------
    str or Message
        A few words; empty if no description fits.
    """
    match returned:
        case Handle(_kind=kind) if kind in _CALLABLES:
            return english("it is a method that was not called")
        case (_,) if isinstance(returned, tuple):
            return english("it is a tuple of one")
        case list() if _holds(returned, expected):
            return english("it is a list of the right numbers")
        case list() | tuple():
            kind = type(returned).__name__
            return english("it is a {kind} of {number}", kind=kind, number=len(returned))
    return ""


_CALLABLES = ("method", "builtin_function_or_method", "function")


def _holds(values: list[Any], expected: np.ndarray) -> bool:
    """Return whether a list holds the expected number or numbers."""
    if len(values) > MAX_DESCRIBED:
        return False
    with suppress(TypeError, ValueError, OverflowError):
        array = np.array(values, dtype=float)
        if array.size == expected.size and array.size <= MAX_DESCRIBED:
            return bool(np.allclose(array.reshape(expected.shape), expected))
    return False


def _agree(array: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> bool:
    """Return whether all values are finite and within the tolerances.

    This settles the common case ten times as fast as `numpy.isclose`, which decides the others.
    """
    if "f" not in (array.dtype.kind, expected.dtype.kind):
        return False
    with np.errstate(all="ignore"):
        difference = np.abs(array - expected)
        near = difference <= atol + rtol * np.abs(expected)
        return bool((near & np.isfinite(difference)).all())


def _joined(difference: Text, common: Text) -> Text:
    return joined([difference, common], by=english("; ")) if common else difference


def _kind(array: np.ndarray) -> Text:
    match array.dtype.kind:
        case "b":
            return english("booleans")
        case "i" | "u":
            return english("integers")
        case "f":
            return english("floats")
    return english("complex numbers")


def _kinds_agree(array: np.ndarray, expected: np.ndarray) -> bool:
    """Return whether dtypes agree; a single integer may stand for a float, as in 100 * 2."""
    if not expected.ndim and expected.dtype.kind == "f":
        return array.dtype.kind in "iuf"
    return _counted(array) == _counted(expected)


def _counted(array: np.ndarray) -> str:
    """Return the kind of the dtype; signed and unsigned integers are the same kind."""
    return "i" if array.dtype.kind == "u" else array.dtype.kind


def _tell_values(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> Text:
    first = tuple(np.argwhere(wrong)[0].tolist())
    one, other = array[first].item(), expected[first].item()
    if not expected.ndim:
        return tell_number(one, other)
    found, wanted = _apart(one, other)
    return english(
        "{number} of {all} values; the first at [{place}]: {found} instead of {wanted}",
        number=int(wrong.sum()),
        all=wrong.size,
        place=", ".join(map(str, first)),
        found=found,
        wanted=wanted,
    )


def tell_number(one: Any, other: Any) -> Text:
    """Describe two different numbers with all their digits."""
    return english("{found} instead of {wanted}", found=repr(one), wanted=repr(other))


def _apart(one: Any, other: Any) -> tuple[str, str]:
    """Format two numbers with enough digits to tell them apart."""
    found, wanted = _short(one), _short(other)
    return (found, wanted) if found != wanted else (repr(one), repr(other))


def _short(number: Any) -> str:
    return f"{number:.8g}" if isinstance(number, float) else repr(number)


MAX_DIVISOR = 1000
MAX_DESCRIBED = 100_000
"""Number of values up to which an answer of the wrong shape is compared with the right one."""


def tell_shape(array: np.ndarray, expected: np.ndarray) -> Text:
    """Describe how an answer of the wrong shape relates to the right one.

    Parameters
    ----------
    array : ndarray
        The returned array, whose shape differs.
    expected : ndarray
        The expected array.

    Returns
    -------
    str or Message
        A few words; empty if no description fits.
    """
    if array.dtype.kind not in "iuf" or not 0 < array.size <= MAX_DESCRIBED or not expected.size:
        return ""
    with np.errstate(all="ignore"):
        if array.T.shape == expected.shape and np.allclose(array.T, expected):
            return english("it is the right answer, transposed")
        if array.size == expected.size and np.allclose(array.reshape(expected.shape), expected):
            return english("the numbers are right")
        if not array.ndim and np.isclose(array, expected.sum()):
            return english("it is the sum of all that was expected")
        if not array.ndim and np.isclose(array, expected.mean()):
            return english("it is the mean of all that was expected")
        if array.size > expected.size and _repeats(array, expected):
            return english("it is the right answer, repeated")
    return ""


def _repeats(array: np.ndarray, expected: np.ndarray) -> bool:
    """Return whether an answer repeats the right one in each row, or in each column."""
    for one in (expected, expected.reshape(*expected.shape, 1)):
        try:
            repeated = np.broadcast_to(one, array.shape)
        except ValueError:
            continue
        if np.allclose(array, repeated):
            return True
    return False


def tell_values(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> Text:
    """Describe what the wrong values of an answer have in common.

    Parameters
    ----------
    array : ndarray
        The returned array.
    expected : ndarray, same shape
        The expected array.
    wrong : ndarray of bool, same shape
        True where the two differ.

    Returns
    -------
    str or Message
        A few words; empty if no description fits.
    """
    if not array.ndim:
        return _tell_percentage(array, expected)
    if array.size < 2 or array.dtype.kind not in "iuf" or expected.dtype.kind not in "iuf":
        return ""
    with np.errstate(all="ignore"):
        return next(_properties(array, expected, wrong), "")


def _tell_percentage(number: np.ndarray, expected: np.ndarray) -> Text:
    """Describe a number that is a percentage, or a share where that is wanted."""
    if number.dtype.kind not in "iuf" or not expected or not np.isfinite(number):
        return ""
    with np.errstate(all="ignore"):
        if np.isclose(number, 100 * expected, rtol=1e-9, atol=0):
            return english("it is 100 times what it should be, like a percentage")
        if np.isclose(100 * number, expected, rtol=1e-9, atol=0):
            return english("it is 1/100 of what it should be")
    return ""


def _properties(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> Iterator[Text]:
    if array.ndim > 1 and array.shape == array.T.shape and np.allclose(array.T, expected):
        yield english("it is transposed")
    if array.any() and np.array_equal(array, np.trunc(expected)):
        yield english("all are cut off to whole numbers")
    if factor := _factor(array, expected):
        yield _tell_factor(factor)
    differences = np.subtract(array, expected, dtype=float)
    if np.isfinite(differences).all() and np.allclose(differences, differences.flat[0], atol=1e-12):
        yield english("all are off by {number}", number=f"{float(differences.flat[0]):.6g}")
    yield from _places(wrong)
    if np.array_equal(wrong, expected == 0):
        yield english("only where 0 is expected")


def _factor(array: np.ndarray, expected: np.ndarray) -> float:
    """Return the factor by which all values are too large; 0 if there is none."""
    given = np.flatnonzero(expected)
    # Any number is a multiple of any other: one alone has nothing in common with others.
    if len(given) < 2 or not np.isfinite(array).all():
        return 0.0
    factor = float(array.reshape(-1)[given[0]] / expected.reshape(-1)[given[0]])
    if not abs(factor) > 1 / MAX_DIVISOR**2:  # with a tiny factor, any expected values would fit
        return 0.0
    close = np.allclose(array, factor * expected, rtol=1e-5, atol=1e-12 * min(1, abs(factor)))
    is_one = abs(factor - 1) < 1e-3  # a factor of about 1 explains nothing
    return factor if close and not is_one else 0.0


def _tell_factor(factor: float) -> Text:
    if np.isclose(factor, -1):
        return english("all have the wrong sign")
    divisor = round(1 / factor)
    if 1 < divisor <= MAX_DIVISOR and np.isclose(factor * divisor, 1):
        return english("all are 1/{divisor} of what they should be", divisor=divisor)
    return english("all are {factor} times what they should be", factor=f"{factor:.6g}")


def _places(wrong: np.ndarray) -> Iterator[Text]:
    """Yield the row or column that holds all wrong values, if there is one."""
    if wrong.ndim != 2 or wrong.all() or wrong.sum() < 2:
        return
    rows, columns = np.flatnonzero(wrong.any(axis=1)), np.flatnonzero(wrong.any(axis=0))
    if len(rows) == 1:
        yield english("only row {number} is wrong", number=int(rows[0]))
    elif len(columns) == 1:
        yield english("only column {number} is wrong", number=int(columns[0]))
