"""What a failed spec tells of the code that failed it, in a few numbers.

They are enough to know a mistake again by: two pieces of code that answer the same inputs with the
same wrong value, or raise the same, have the same fingerprint. They are too few to learn a right
answer from, so that they can be handed out to learners.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from grader.specs.assertions import Mismatch
from grader.transport.student import Handle, StudentError
from grader.verdicts.finding import without_addresses
from grader.worker.wire import Opaque

Fingerprint = list[Any]
"""Lists, texts and numbers, as JSON has them."""

RTOL, ATOL = 1e-6, 1e-9
"""Two ways to write one formula differ by their rounding."""

NUMBERS = 4
"""So many are kept of an array."""

MAX_SIZE = 100_000
"""Numbers of an array that are looked at; the course's own have no more."""

_NUMERIC = (bool, int, float, np.ndarray, np.generic)


def fingerprint_of(error: BaseException) -> Fingerprint | None:
    """The fingerprint of what ended a spec.

    Parameters
    ----------
    error : BaseException
        The exception.

    Returns
    -------
    list or None
        None for an end that says nothing of what the code answered.
    """
    match error:
        case Mismatch():
            return ["returned", error.place, _of(error.returned)]
        case StudentError():
            return ["raised", error.report.type, without_addresses(str(error.report.message))]
    return None


def _of(value: Any) -> Fingerprint:
    match value:
        case None:
            return ["nothing"]
        case str():
            return ["text", value]
        case list() | tuple():
            return ["sequence", *map(_of, value)]
        case dict():
            items = sorted(value.items(), key=lambda item: (str(type(item[0])), item[0]))
            return ["dict", *([key, _of(item)] for key, item in items)]
        case Handle():
            return ["object", value._kind]
        case Opaque():
            return ["opaque", without_addresses(value.description)]
    assert isinstance(value, _NUMERIC), type(value)
    array = np.asarray(value)
    return ["numbers", list(array.shape), array.dtype.kind, *_project(array)]


def _project(array: np.ndarray) -> list[float]:
    """A few sums over all numbers, each with weights of its own.

    The numbers are first bent so that rounding, which is relative for large ones and absolute for
    those near zero, moves all of them by as much: by `RTOL` at most.
    """
    numbers = array.reshape(-1)[:MAX_SIZE]
    if numbers.dtype.kind == "c":
        numbers = np.concatenate([numbers.real, numbers.imag])
    numbers = numbers.astype(float)
    finite = np.isfinite(numbers)
    with np.errstate(over="ignore"):
        bent = np.arcsinh(np.where(finite, numbers, 0) / (ATOL / RTOL))
    # Further out than any finite number comes, and each at a place of its own.
    bent[np.isnan(numbers)], bent[numbers == np.inf], bent[numbers == -np.inf] = 1e4, 2e4, 3e4
    return [round(float(one), 9) for one in _weights(len(bent)) @ bent]


@lru_cache(8)
def _weights(size: int) -> np.ndarray:
    rng = np.random.default_rng(size)
    shape = (min(size, NUMBERS), size)
    weights: np.ndarray = rng.uniform(0.5, 1.5, shape) * rng.choice([-1.0, 1.0], shape)
    return weights


def alike(one: Fingerprint | None, other: Fingerprint | None) -> bool:
    """Whether two pieces of code failed a spec in the same way.

    Parameters
    ----------
    one, other : list or None
        Their fingerprints.

    Returns
    -------
    bool
        Whether they are the same but for rounding; never for an end that says nothing.
    """
    return one is not None and other is not None and _alike(one, other)


def akin(one: Fingerprint, other: Fingerprint | None) -> bool:
    """Whether two pieces of code can have failed a spec in the same way, though with other inputs.

    Parameters
    ----------
    one, other : list
        Their fingerprints; an end that says nothing has none.

    Returns
    -------
    bool
        Whether the same thing was checked, or raised, and arrays have the same shape and kind.
    """
    return other is not None and [*_form(one)] == [*_form(other)]


def _form(one: Fingerprint) -> Iterator[Any]:
    yield from one[:2]
    if one[0] == "returned" and one[2][0] == "numbers":
        yield from one[2][:3]


def _alike(one: Any, other: Any) -> bool:
    if not (isinstance(one, list) and isinstance(other, list)):
        return type(one) is type(other) and bool(one == other)
    if one[:1] == ["numbers"] and other[:1] == ["numbers"]:
        return one[1:3] == other[1:3] and _near(one[1], one[3:], other[3:])
    return len(one) == len(other) and all(map(_alike, one, other))


def _near(shape: list[int], one: list[float], other: list[float]) -> bool:
    # Each number may be off by RTOL, and such errors add up as a random walk does.
    tolerance = 6 * RTOL * max(1, math.prod(shape)) ** 0.5
    return len(one) == len(other) and all(
        abs(a - b) <= tolerance for a, b in zip(one, other, strict=True)
    )
