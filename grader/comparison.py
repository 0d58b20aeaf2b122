"""Compares what the learner's code returned with what was expected, and tells the difference.

Shape first, then the kind of dtype, then the values: NumPy's own comparisons broadcast, take empty
arrays for equal, and call NaN not too far off.
"""

from typing import Any

import numpy as np

from grader import wire
from grader.student import Handle

KINDS = {"b": "booleans", "i": "integers", "u": "integers", "f": "floats", "c": "complex numbers"}

MAX_WIDTH = 64
MAX_LINES = 12
MAX_DEPTH = 2


class Mismatch(AssertionError):
    """What was returned is not what was expected.

    Attributes
    ----------
    what : str
        What was compared: ``dW after backward``.
    returned, expected : object
        The two values.
    difference : str
        In what they differ, in one line.
    """

    def __init__(self, what: str, returned: object, expected: object, difference: str) -> None:
        self.what = what
        self.returned = returned
        self.expected = expected
        self.difference = difference
        super().__init__(self._tell())

    def _tell(self) -> str:
        rows = [
            ("checked", self.what),
            ("returned", show(self.returned)),
            ("expected", show(self.expected)),
            ("differs", self.difference),
        ]
        return "\n".join(
            f"{label:<10}" + text.replace("\n", "\n" + " " * 10) for label, text in rows if text
        )


def assert_matches(
    returned: Any, expected: Any, what: str = "", *, rtol: float = 1e-7, atol: float = 1e-9
) -> None:
    """Check that a value is what was expected.

    Parameters
    ----------
    returned : object
        What the learner's code returned; or a handle, whose value is then read.
    expected : float, bool, ndarray, or a tuple, list or dict of these
        What it should be.
    what : str, optional
        What is compared, for the message.
    rtol, atol : float
        As in `numpy.isclose`.

    Raises
    ------
    Mismatch
        If it is not.
    """
    __tracebackhide__ = True
    _match(returned[...] if isinstance(returned, Handle) else returned, expected, what, rtol, atol)


def _match(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    """The same for what lies in a container, where an object is no value."""
    __tracebackhide__ = True
    if returned is None:
        raise Mismatch(what, returned, expected, "nothing was returned: is a `return` missing?")
    match expected:
        case tuple() | list():
            _match_sequence(returned, expected, what, rtol, atol)
        case dict():
            _match_dict(returned, expected, what, rtol, atol)
        case _:
            difference = _tell_difference(returned, np.asarray(expected), rtol, atol)
            if difference:
                raise Mismatch(what, returned, expected, difference)


def _match_sequence(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    __tracebackhide__ = True
    if not isinstance(returned, tuple | list):
        raise Mismatch(what, returned, expected, f"{len(expected)} values were expected")
    if len(returned) != len(expected):
        difference = f"{len(expected)} values were expected, not {len(returned)}"
        raise Mismatch(what, returned, expected, difference)
    for i, (one, other) in enumerate(zip(returned, expected, strict=True)):
        _match(one, other, f"{what}[{i}]" if what else f"[{i}]", rtol, atol)


def _match_dict(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    __tracebackhide__ = True
    if not isinstance(returned, dict):
        raise Mismatch(what, returned, expected, "a dict was expected")
    missing = [key for key in expected if key not in returned]
    if missing:
        raise Mismatch(what, returned, expected, f"the key {missing[0]!r} is missing")
    for key in expected:
        _match(returned[key], expected[key], f"{what}[{key!r}]", rtol, atol)


def _tell_difference(returned: Any, expected: np.ndarray, rtol: float, atol: float) -> str:
    """In what a value differs from an array or number, or "" if it does not."""
    is_number = isinstance(returned, bool | int | float)
    if not is_number and not wire.is_plain_array(returned):
        wanted = "an array" if expected.ndim else "a number"
        return f"{wanted} was expected"
    array = np.asarray(returned)
    if array.shape != expected.shape:
        same = "; the numbers are right" if _same_but_for_shape(array, expected) else ""
        return f"shape {array.shape} instead of {expected.shape}{same}"
    if not _kinds_agree(array, expected):
        return f"{KINDS[array.dtype.kind]} instead of {KINDS[expected.dtype.kind]}"
    if expected.dtype.kind in "iub" and array.dtype.kind in "iub":
        rtol = atol = 0.0  # what can be counted is exact
    wrong = ~np.isclose(array, expected, rtol=rtol, atol=atol)
    if not wrong.any():
        return ""
    return _tell_values(array, expected, wrong) + _tell_property(array, expected)


def _same_but_for_shape(array: np.ndarray, expected: np.ndarray) -> bool:
    """Whether it is transposed, or has an axis of one too many or too few."""
    if array.size != expected.size or not array.size or array.dtype.kind not in "biuf":
        return False
    return any(
        bool(np.allclose(one, expected))
        for one in (array.T, array.reshape(expected.shape))
        if one.shape == expected.shape
    )


def _tell_property(array: np.ndarray, expected: np.ndarray) -> str:
    """What all wrong values have in common, if there is such a thing."""
    if array.size < 2 or array.dtype.kind not in "iuf" or expected.dtype.kind not in "iuf":
        return ""
    if array.shape == array.T.shape and np.allclose(array.T, expected):
        return "; it is transposed"
    given = np.flatnonzero(expected)
    if not len(given) or not np.isfinite(array).all():
        return ""
    factor = array.reshape(-1)[given[0]] / expected.reshape(-1)[given[0]]
    if not np.allclose(array, factor * expected, atol=1e-12) or factor == 0:
        return ""
    if np.isclose(factor, -1):
        return "; all have the wrong sign"
    return f"; all are {factor:.6g} times what they should be"


def _kinds_agree(array: np.ndarray, expected: np.ndarray) -> bool:
    """A single number may be an integer where a float is expected: 100 * 2 is 200."""
    if not expected.ndim and expected.dtype.kind == "f":
        return array.dtype.kind in "iuf"
    return KINDS[array.dtype.kind] == KINDS[expected.dtype.kind]


def _tell_values(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    first = tuple(map(int, np.argwhere(wrong)[0]))
    one, other = array[first].item(), expected[first].item()
    if not expected.ndim:
        return f"{one!r} instead of {other!r}"
    place = ", ".join(map(str, first))
    return (
        f"{int(wrong.sum())} of {wrong.size} values; the first at [{place}]: "
        f"{_short(one)} instead of {_short(other)}"
    )


def _short(number: Any) -> str:
    return f"{number:.8g}" if isinstance(number, float) else repr(number)


def show(value: Any, depth: int = 0) -> str:
    """Show a value to a learner: what kind of thing it is, and what is in it.

    Parameters
    ----------
    value : object
        Anything that a spec has or gets.
    depth : int, default 0
        In how many containers it lies: what lies deep is not shown.

    Returns
    -------
    str
        One line or several, but no more than fit a screen.
    """
    match value:
        case None:
            return "None"
        case wire.Opaque():
            return _cut(value.description)
        case Handle():
            return _cut(f"an object of type {value._kind}")
        case np.ndarray() if value.ndim == 0:
            return f"{value.dtype}, shape (): {value[()]!s}"
        case np.ndarray():
            shown = value if value.ndim <= 3 else value.reshape(-1)
            text = np.array2string(shown, precision=6, threshold=60, edgeitems=3, max_line_width=64)
            return f"{value.dtype}, shape {value.shape}\n{_cut_lines(text)}"
        case np.generic():
            return f"{value.item()!r}"
        case tuple() | list() | dict():
            return _show_container(value, depth)
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 3]}..."


def _cut_lines(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "..."])


def _show_container(value: Any, depth: int) -> str:
    if not value:
        return f"an empty {type(value).__name__}"
    named = value.items() if isinstance(value, dict) else enumerate(value)
    lines = [f"a {type(value).__name__} of {len(value)}"]
    if depth >= MAX_DEPTH:
        return f"{lines[0]} ..."
    for key, item in list(named)[:4]:
        text = show(item, depth + 1).replace("\n", "\n  ")
        lines.append(f"[{_cut(repr(key))}] {text}")
    if len(value) > 4:
        lines.append("...")
    return "\n".join(lines)
