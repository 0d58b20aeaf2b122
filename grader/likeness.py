"""Whether two pieces of code fail a spec in the same way: then they have the same mistake."""

from typing import Any

import numpy as np

from grader.comparison import Mismatch
from grader.student import Handle, StudentError
from grader.wire import Opaque

RTOL, ATOL = 1e-6, 1e-9
"""Two ways to write one formula differ by their rounding."""


def fail_alike(one: BaseException, other: BaseException) -> bool:
    """Compare what ended a spec for one piece of code, and for another on the same inputs.

    Parameters
    ----------
    one, other : BaseException
        The exceptions.

    Returns
    -------
    bool
        Whether both returned the same wrong value at the same place, or raised the same.
    """
    match one, other:
        case Mismatch(), Mismatch():
            return one.what == other.what and _alike(one.returned, other.returned)
        case StudentError(), StudentError():
            told, same = one.report, other.report
            return (told.type, told.message) == (same.type, same.message)
    return False


def _alike(one: Any, other: Any) -> bool:
    match one, other:
        case ((list() | tuple()), (list() | tuple())):
            return len(one) == len(other) and all(map(_alike, one, other))
        case dict(), dict():
            return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
        case Handle(), Handle():
            return bool(one._kind == other._kind)
        case Opaque(), Opaque():
            return one.description == other.description
    if isinstance(one, _NUMBERS) and isinstance(other, _NUMBERS):
        return _same_numbers(np.asarray(one), np.asarray(other))
    return type(one) is type(other) and not isinstance(one, Handle) and bool(one == other)


_NUMBERS = (bool, int, float, np.ndarray, np.generic)


def _same_numbers(one: np.ndarray, other: np.ndarray) -> bool:
    if one.shape != other.shape or one.dtype.kind != other.dtype.kind:
        return False
    # Most differ in the first number already, which is found out in a hundredth of the time.
    if one.size and not _may_be_close(one.item(0), other.item(0)):
        return False
    # Twice, since NumPy's tolerance is relative to the second one.
    return all(
        np.allclose(a, b, RTOL, ATOL, equal_nan=True) for a, b in ((one, other), (other, one))
    )


def _may_be_close(one: Any, other: Any) -> bool:
    """Whether NumPy has to look more closely: so it must for what is not finite."""
    difference = abs(one - other)
    return not difference > 2 * (ATOL + RTOL * max(abs(one), abs(other)))
