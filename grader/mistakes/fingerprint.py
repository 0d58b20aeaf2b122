"""Fingerprints of failures, which identify a mistake by a few numbers.

Code that returns the same wrong value for the same inputs, or raises the same exception, has the
same fingerprint. The correct value cannot be recovered from a fingerprint, so that fingerprints can
be distributed to learners.
"""

import math
import re
from collections.abc import Iterator, Sequence, Sized
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np

from grader.specs.assertions import Mismatch
from grader.transport.student import Handle, StudentError
from grader.verdicts.finding import without_addresses
from grader.worker.wire import Opaque

Fingerprint = list[Any]
"""Nested lists of strings and numbers, which can be written as JSON."""

RTOL, ATOL = 1e-6, 1e-9
"""Tolerances for rounding, which depends on how a formula is written."""

NUMBERS = 4
"""Number of projections that are kept of an array."""

MAX_SIZE = 100_000
"""Number of leading entries that are used of all arrays in a value; the course's are smaller."""

MAX_PARTS = 1000
"""Number of parts of a value that are used, and of characters of a text; the rest is counted."""

_T = TypeVar("_T")
_NUMERIC = (bool, int, float, np.ndarray, np.generic)


def fingerprint_of(error: BaseException) -> Fingerprint | None:
    """Return the fingerprint of the exception that ended a spec.

    Returns
    -------
    list or None
        None if the exception does not depend on what the code returned or raised.
    """
    match error:
        case Mismatch():
            return ["returned", error.place, _Reader().read(error.returned)]
        case StudentError() if error.report.unset:
            return ["unset", error.report.unset]
        case StudentError():
            message = without_addresses(str(error.report.message))
            causes = _cause_in(message)
            kind = "" if causes[0] in _OF_ANY_TYPE else error.report.type
            return ["raised", kind, *causes]
    return None


def _cause_in(message: str) -> list[str]:
    """Return what a message says of the cause, however the line that raised it was written.

    A product may be written in several ways, its factors in any order, and each has a message.
    """
    if "'NoneType'" in message:
        return ["None"]
    if _OF_FUNCTION.match(message):
        return ["function"]
    if sizes := _NOT_ALIGNED.search(message):
        return ["sizes", *sorted(one for one in sizes.groups() if one)]
    if sizes := _MASK.search(message):
        return ["axis", *sorted(sizes.groups())]
    if message.startswith(_BROADCAST):
        return _misfit(_SHAPE.findall(message))
    return [message]


def _misfit(shapes: list[str]) -> list[str]:
    """Return the first sizes that differ, as for a mask that is used as an index.

    Whether an array is multiplied by a mask or indexed by it is a matter of style.
    """
    for axis in zip(*(re.findall(r"\d+", shape) for shape in shapes), strict=False):
        if len(set(axis)) > 1:
            return ["axis", *sorted(axis)]
    return ["shapes", *sorted(shapes)]


_NOT_ALIGNED = re.compile(
    r"not aligned: (\d+) \(dim \d\) != (\d+) \(dim \d\)|\(size (\d+) is different from (\d+)\)"
)
_OF_FUNCTION = re.compile(r"'(function|functools\.partial)' object has no attribute")
_OF_ANY_TYPE = ("None", "axis")
_MASK = re.compile(r"size of axis is (\d+) but size of corresponding boolean axis is (\d+)")
_BROADCAST = "operands could not be broadcast together"
_SHAPE = re.compile(r"\([\d,]+\)")


class _Reader:
    """Takes the fingerprint of a value, looking at a bounded part of it."""

    def __init__(self) -> None:
        self._parts = MAX_PARTS
        self._numbers = MAX_SIZE

    def read(self, value: Any) -> Fingerprint:
        self._parts -= 1
        match value:
            case None:
                return ["nothing"]
            case str():
                return ["text", value[:MAX_PARTS], *_left(value, value[:MAX_PARTS])]
            case list() | tuple():
                read = [self.read(item) for item in self._first(value)]
                return ["sequence", *read, *_left(value, read)]
            case dict():
                items = sorted(value.items(), key=lambda item: (str(type(item[0])), item[0]))
                read = [[key, self.read(item)] for key, item in self._first(items)]
                return ["dict", *read, *_left(items, read)]
            case Handle():
                return ["object", value._kind]
            case Opaque():
                return ["opaque", without_addresses(value.description)]
        assert isinstance(value, _NUMERIC), type(value)
        array = np.asarray(value)
        used = array.reshape(-1)[: self._numbers]
        self._numbers -= used.size
        return ["numbers", list(array.shape), array.dtype.kind, *_project(used)]

    def _first(self, items: Sequence[_T]) -> Iterator[_T]:
        for item in items:
            if self._parts <= 0:
                return
            yield item


def _left(whole: Sized, read: Sized) -> list[int]:
    """Return the number of items that were not read, if there are any."""
    number = len(whole) - len(read)
    return [number] if number else []


def _project(numbers: np.ndarray) -> list[float]:
    """Project the entries of an array onto a few fixed random vectors.

    The numbers are first transformed by arcsinh: a rounding error, which is relative for large
    numbers and absolute near zero, then changes each of them by at most `RTOL`.
    """
    if numbers.dtype.kind == "c":
        numbers = np.concatenate([numbers.real, numbers.imag])
    numbers = numbers.astype(float)
    finite = np.isfinite(numbers)
    with np.errstate(over="ignore"):
        bent = np.arcsinh(np.where(finite, numbers, 0) / (ATOL / RTOL))
    # Distinct values outside the range of transformed finite numbers.
    bent[np.isnan(numbers)], bent[numbers == np.inf], bent[numbers == -np.inf] = 1e4, 2e4, 3e4
    return [round(float(one), 9) for one in _weights(len(bent)) @ bent]


@lru_cache(8)
def _weights(size: int) -> np.ndarray:
    rng = np.random.default_rng(size)
    shape = (min(size, NUMBERS), size)
    weights: np.ndarray = rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)
    return weights


def alike(one: Fingerprint | None, other: Fingerprint | None) -> bool:
    """Return whether two fingerprints are equal up to rounding.

    Parameters
    ----------
    one, other : list or None
        Fingerprints of failures of the same spec. None is not equal to anything.
    """
    return one is not None and other is not None and _alike(one, other)


def akin(one: Fingerprint, other: Fingerprint | None) -> bool:
    """Return whether two fingerprints from different inputs may show the same mistake.

    Parameters
    ----------
    one, other : list
        Fingerprints of failures of the same spec. `other` may be None, which matches nothing.

    Returns
    -------
    bool
        Whether a value was wrong in both cases, or the same kind of exception was raised.
    """
    if other is None or one[0] != other[0]:
        return False
    return one[0] == "returned" or one[:2] == other[:2]


def _alike(one: Any, other: Any) -> bool:
    if not (isinstance(one, list) and isinstance(other, list)):
        return type(one) is type(other) and bool(one == other)
    if one[:1] == ["numbers"] and other[:1] == ["numbers"]:
        return one[1:3] == other[1:3] and _near(one[1], one[3:], other[3:])
    return len(one) == len(other) and all(map(_alike, one, other))


def _near(shape: list[int], one: list[float], other: list[float]) -> bool:
    # The error of each number is at most RTOL; their sum grows like a random walk.
    tolerance = 6 * RTOL * max(1, math.prod(shape)) ** 0.5
    return len(one) == len(other) and all(
        abs(a - b) <= tolerance for a, b in zip(one, other, strict=True)
    )
