"""Assertions that compare what the learner's code returned with what was expected.

Shape is compared first, then the kind of dtype, then the values, because NumPy's own comparisons
broadcast, and treat empty arrays, or two NaNs, as equal.
"""

import re
from typing import Any

import numpy as np

from grader.messages.language import retell, say
from grader.messages.wrapping import wrap
from grader.specs.differences import tell_difference, tell_number
from grader.specs.display import show
from grader.transport.answers import plain, waiting_in
from grader.transport.student import Handle
from grader.verdicts.verdict import WIDTH


class Mismatch(AssertionError):
    """A returned value differs from the expected one.

    Attributes
    ----------
    what : str
        What was compared, for example ``dW after backward``.
    returned, expected : object
        The two values. If `expected` is an ellipsis, `difference` says what was expected.
    difference : str
        How the values differ, on one line.
    hint : str
        A possible cause, in English; empty unless one is found later.
    """

    def __init__(self, what: str, returned: object, expected: object, difference: str) -> None:
        self.what = what
        self.returned = returned = plain(returned)
        self.expected = expected
        self.difference = difference
        self.hint = ""
        super().__init__(what, returned, expected, difference)

    def __str__(self) -> str:  # built on demand: known mistakes are recognised without it
        rows = [
            (say("checked   "), _part_named(self.what)),
            (say("returned  "), show(self.returned)),
            (say("expected  "), "" if self.expected is ... else show(self.expected)),
        ]
        told = [label + text.replace("\n", "\n" + " " * 10) for label, text in rows if text]
        if not self._shows_it():
            told += wrap(self.difference, WIDTH, say("differs   "), " " * 10)
        told += wrap(retell(self.hint), WIDTH, say("perhaps   "), " " * 10)
        return "\n".join(told)

    def _shows_it(self) -> bool:
        """Return whether the difference only repeats the two numbers of the rows above it."""
        if self.expected is ...:
            return False
        one, other = self.returned, np.asarray(self.expected)
        is_number = isinstance(one, int | float | np.generic) and not other.ndim
        return is_number and self.difference == tell_number(np.asarray(one).item(), other.item())


_PARTS = re.compile(r"(?<!\w)\((\w+(?:, \w+)+)\)(.*)\[(\d+)\]")


def _part_named(what: str) -> str:
    """Return what was compared: "dx of the layer" for "(dx, dy) of the layer[0]"."""
    found = _PARTS.search(what)
    names = found[1].split(", ") if found else []
    if not found or int(found[3]) >= len(names):
        return what
    return what[: found.start()] + names[int(found[3])] + found[2] + what[found.end() :]


def assert_matches(
    returned: Any, expected: Any, what: str = "", *, rtol: float = 1e-7, atol: float = 1e-9
) -> None:
    """Check that a value matches the expected one.

    Parameters
    ----------
    returned : object
        A value that the learner's code returned, or a handle, whose value is then read.
    expected : float, bool, ndarray, or a tuple, list or dict of these
        The expected value.
    what : str, optional
        What is compared, for the message.
    rtol, atol : float
        Relative and absolute tolerance, as in `numpy.isclose`.

    Raises
    ------
    Mismatch
        If the values do not match. A value that has not arrived may be compared later, but in the
        order of the spec; see `grader.transport.student`.
    """
    __tracebackhide__ = True
    if type(returned) is Handle:
        expected = _as_it_is(expected)

        def compare_looked_at(found: Any) -> None:
            __tracebackhide__ = True
            value, near = found if _is_pair(found) else (found, "")  # a worker may send anything
            if value is None:
                raise Mismatch(what, value, plain(expected), _tell_unset(near))
            _match(value, plain(expected), what, rtol, atol)

        returned._student.check(compare_looked_at, returned)
        return
    waiting = waiting_in(returned)
    if waiting is None:
        waiting = waiting_in(expected)
    if waiting is None:
        _match(plain(returned), plain(expected), what, rtol, atol)
        return
    returned, expected = _as_it_is(returned), _as_it_is(expected)

    def compare(_: Any) -> None:
        __tracebackhide__ = True
        _match(plain(returned), plain(expected), what, rtol, atol)

    waiting._asker.check(compare)


def _is_pair(found: Any) -> bool:
    return isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], str)


def _as_it_is(value: Any) -> Any:
    """Copy a value, since the spec may change its arrays before the comparison."""
    kind = type(value)  # `isinstance` would fetch the value of an answer
    if kind is np.ndarray:
        return value.copy()
    if kind in (list, tuple):
        return kind(map(_as_it_is, value))
    if kind is dict:
        return {key: _as_it_is(item) for key, item in value.items()}
    return value


def _tell_unset(near: str) -> str:
    if near:
        return say("it is still None; {name} was set: is that the one?", name=near)
    return say("it is still None: nothing was assigned to it")


def _match(returned: Any, expected: Any, what: str, rtol: float, atol: float) -> None:
    """Compare a value that has arrived, and the items of containers one by one."""
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
            difference = tell_difference(returned, np.asarray(expected), rtol, atol)
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
