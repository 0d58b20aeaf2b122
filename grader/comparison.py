"""Compares what the learner's code returned with what was expected, and tells the difference.

Shape first, then the kind of dtype, then the values: NumPy's own comparisons broadcast, take empty
arrays for equal, and call NaN not too far off.
"""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader import wire
from grader.language import retell, say, translate, wrap
from grader.properties import tell_shape, tell_values
from grader.student import Handle, Later, answer_of, answers_of, near_miss
from grader.verdict import WIDTH

WANTED = (Handle, Later)
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
        The two values; an ellipsis where it is told in words only what was expected.
    difference : str
        In what they differ, in one line.
    clue : str
        What may be behind it, in English, if that is found out later.
    """

    def __init__(self, what: str, returned: object, expected: object, difference: str) -> None:
        self.what = what
        self.returned = returned
        self.expected = expected
        self.difference = difference
        self.clue = ""
        super().__init__(what, returned, expected, difference)

    def __str__(self) -> str:  # made when somebody reads it: of a known mistake, nobody does
        rows = [
            (say("checked   "), _part_named(self.what)),
            (say("returned  "), show(self.returned)),
            (say("expected  "), "" if self.expected is ... else show(self.expected)),
        ]
        told = [label + text.replace("\n", "\n" + " " * 10) for label, text in rows if text]
        if not self._shows_it():
            told += wrap(self.difference, WIDTH, say("differs   "), " " * 10)
        told += wrap(retell(self.clue), WIDTH, say("perhaps   "), " " * 10)
        return "\n".join(told)

    def _shows_it(self) -> bool:
        """Whether the difference only says once more what stands above it: two numbers."""
        if self.expected is ...:
            return False
        one, other = self.returned, np.asarray(self.expected)
        is_number = isinstance(one, int | float | np.generic) and not other.ndim
        return is_number and self.difference == _tell_number(np.asarray(one).item(), other.item())


_PARTS = re.compile(r"(?<!\w)\((\w+(?:, \w+)+)\)(.*)\[(\d+)\]")


def _part_named(what: str) -> str:
    """What was compared; "(dx, dy) of the first layer[0]" is "dx of the first layer"."""
    found = _PARTS.search(what)
    names = found[1].split(", ") if found else []
    if not found or int(found[3]) >= len(names):
        return what
    return what[: found.start()] + names[int(found[3])] + found[2] + what[found.end() :]


def assert_matches(
    returned: Any, expected: Any, what: str = "", *, rtol: float = 1e-7, atol: float = 1e-9
) -> None:
    """Check that a value is what was expected.

    Parameters
    ----------
    returned : object
        What the learner's code returned; or a handle, whose value is then read, or a call that is
        then made.
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
    value = answer_of(returned) if isinstance(returned, WANTED) else returned
    if value is None and isinstance(returned, Handle):
        raise Mismatch(what, value, expected, _tell_unset(near_miss(returned)))
    _match(value, expected, what, rtol, atol)


def assert_all_match(values: Mapping[str, tuple[Any, Any]]) -> None:
    """Check several values, one after another, for which the learner's code is asked all at once.

    Parameters
    ----------
    values : mapping of str to (object, object)
        What is compared, for the message, to what there is and what it should be, as in
        `assert_matches`. Calls are made in this order, those of `grader.student.Student.later`
        among them.

    Raises
    ------
    Mismatch
        Of the first that is not.
    """
    __tracebackhide__ = True
    answers = iter(answers_of([one for one, _ in values.values() if isinstance(one, WANTED)]))
    for what, (returned, expected) in values.items():
        value = next(answers, returned) if isinstance(returned, WANTED) else returned
        if value is None and isinstance(returned, Handle):
            value = returned  # of which more is told when it is asked for alone
        assert_matches(value, expected, what)


def _tell_unset(near: str) -> str:
    if near:
        return say("it is still None; {name} was set: is that the one?", name=near)
    return say("it is still None: nothing was assigned to it")


def _match(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    """The same for what lies in a container, where an object is no value."""
    __tracebackhide__ = True
    if returned is None:
        missing = say("nothing was returned: is a `return` missing?")
        raise Mismatch(what, returned, expected, missing)
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
        difference = say("{number} values were expected", number=len(expected))
        raise Mismatch(what, returned, expected, difference)
    if len(returned) != len(expected):
        difference = say(
            "{number} values were expected, not {found}", number=len(expected), found=len(returned)
        )
        raise Mismatch(what, returned, expected, difference)
    for i, (one, other) in enumerate(zip(returned, expected, strict=True)):
        _match(one, other, f"{what}[{i}]" if what else f"[{i}]", rtol, atol)


def _match_dict(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    __tracebackhide__ = True
    if not isinstance(returned, dict):
        raise Mismatch(what, returned, expected, say("a dict was expected"))
    missing = [key for key in expected if key not in returned]
    if missing:
        difference = say("the key {key!r} is missing", key=missing[0])
        raise Mismatch(what, returned, expected, difference)
    for key in expected:
        _match(returned[key], expected[key], f"{what}[{key!r}]", rtol, atol)


def _tell_difference(returned: Any, expected: np.ndarray, rtol: float, atol: float) -> str:
    """In what a value differs from an array or number, or "" if it does not."""
    is_number = isinstance(returned, bool | int | float)
    if not is_number and not wire.is_plain_array(returned):
        return say("an array was expected") if expected.ndim else say("a number was expected")
    array = np.asarray(returned)
    if array.shape != expected.shape:
        shapes = say("shape {found} instead of {wanted}", found=array.shape, wanted=expected.shape)
        return _joined(shapes, tell_shape(array, expected))
    if not _kinds_agree(array, expected):
        found, wanted = _kind(array), _kind(expected)
        return say("{found} instead of {wanted}", found=found, wanted=wanted)
    if expected.dtype.kind in "iub" and array.dtype.kind in "iub":
        rtol = atol = 0.0  # what can be counted is exact
    if _agree(array, expected, rtol, atol):
        return ""
    wrong = ~np.isclose(array, expected, rtol=rtol, atol=atol)
    if not wrong.any():
        return ""
    return _joined(_tell_values(array, expected, wrong), tell_values(array, expected, wrong))


def _agree(array: np.ndarray, expected: np.ndarray, rtol: float, atol: float) -> bool:
    """Whether all is right at first sight, as it mostly is: NumPy's own way takes ten times longer.

    What is not finite, or exact, is left to that.
    """
    if "f" not in (array.dtype.kind, expected.dtype.kind):
        return False
    with np.errstate(all="ignore"):
        difference = np.abs(array - expected)
        near = difference <= atol + rtol * np.abs(expected)
        return bool((near & np.isfinite(difference)).all())


def _joined(difference: str, common: str) -> str:
    return f"{difference}{translate('; ')}{common}" if common else difference


def _kind(array: np.ndarray) -> str:
    match array.dtype.kind:
        case "b":
            return say("booleans")
        case "i" | "u":
            return say("integers")
        case "f":
            return say("floats")
    return say("complex numbers")


def _kinds_agree(array: np.ndarray, expected: np.ndarray) -> bool:
    """A single number may be an integer where a float is expected: 100 * 2 is 200."""
    if not expected.ndim and expected.dtype.kind == "f":
        return array.dtype.kind in "iuf"
    return _counted(array) == _counted(expected)


def _counted(array: np.ndarray) -> str:
    """The kind of its dtype; integers are one kind, with a sign or without."""
    return "i" if array.dtype.kind == "u" else array.dtype.kind


def _tell_values(array: np.ndarray, expected: np.ndarray, wrong: np.ndarray) -> str:
    first = tuple(map(int, np.argwhere(wrong)[0]))
    one, other = array[first].item(), expected[first].item()
    if not expected.ndim:
        return _tell_number(one, other)
    found, wanted = _apart(one, other)
    return say(
        "{number} of {all} values; the first at [{place}]: {found} instead of {wanted}",
        number=int(wrong.sum()),
        all=wrong.size,
        place=", ".join(map(str, first)),
        found=found,
        wanted=wanted,
    )


def _tell_number(one: Any, other: Any) -> str:
    return say("{found} instead of {wanted}", found=repr(one), wanted=repr(other))


def _apart(one: Any, other: Any) -> tuple[str, str]:
    """Two numbers, with as many digits as it takes to tell them apart."""
    found, wanted = _short(one), _short(other)
    return (found, wanted) if found != wanted else (repr(one), repr(other))


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
            return _cut(retell(value.description))
        case Handle():
            return _cut(say("an object of type {kind}", kind=value._kind))
        case np.ndarray() if value.ndim == 0:
            shape = say("{dtype}, shape {shape}", dtype=value.dtype, shape="()")
            return f"{shape}: {value[()]!s}"
        case np.ndarray():
            shown = value if value.ndim <= 3 else value.reshape(-1)
            text = np.array2string(shown, precision=6, threshold=60, edgeitems=3, max_line_width=64)
            shape = say("{dtype}, shape {shape}", dtype=value.dtype, shape=value.shape)
            return f"{shape}\n{_cut_lines(text)}"
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
        return say("an empty {kind}", kind=type(value).__name__)
    named = value.items() if isinstance(value, dict) else enumerate(value)
    lines = [say("a {kind} of {number}", kind=type(value).__name__, number=len(value))]
    if depth >= MAX_DEPTH:
        return f"{lines[0]} ..."
    for key, item in list(named)[:4]:
        text = show(item, depth + 1).replace("\n", "\n  ")
        lines.append(f"[{_cut(repr(key))}] {text}")
    if len(value) > 4:
        lines.append("...")
    return "\n".join(lines)
