"""Assertions that compare what the learner's code returned with what was expected.

Shape is compared first, then the kind of dtype, then the values, because NumPy's own comparisons
broadcast, and treat empty arrays, or two NaNs, as equal.
"""

import re
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.messages.explanation import Explanation, explain
from grader.messages.message import Message, Text, english, joined, phrase
from grader.specs.differences import first_difference, tell_difference, tell_number
from grader.specs.display import show
from grader.transport.answers import Answer, plain, waiting_in
from grader.transport.student import Asked, Handle
from grader.worker.hints.missing import VALUE, Missing, bounded
from grader.worker.hints.near_names import nearest_key


class Mismatch(AssertionError):
    """A returned value differs from the expected one.

    Attributes
    ----------
    what : str or Message
        What was compared, for example ``dW after backward``.
    returned, expected : object
        The two values. If `expected` is an ellipsis, `difference` says what was expected.
    difference : str or Message
        How the values differ, on one line. A str is in the words of the spec.
    path : tuple of object, default ()
        Indices and keys that lead to the two values in what was compared.
    answer : int, optional
        Number of the answer that was compared; by default, of `returned` if it is an answer.
    hint : str or Message
        A possible cause; empty unless one is found later.
    missing : Missing or None
        For an attribute that is None, the others that are set.
    is_looked_at : bool
        Whether an attribute or item was compared as it is, and nothing that the spec made of it.
    asked : Asked or None
        The request whose answer was compared; None until it is found, and if there are several.
    first : tuple of int
        Index of the first wrong number of an array; empty if the shape differs.
    """

    def __init__(
        self,
        what: Text,
        returned: object,
        expected: object,
        difference: Text,
        path: tuple[object, ...] = (),
        answer: int | None = None,
    ) -> None:
        self.what = what
        self.answer = _number_of(returned) if answer is None else answer
        self.returned = returned = plain(returned)
        self.expected = expected
        self.difference = difference
        self.path = path
        self.hint: Text = ""
        self.missing: Missing | None = None
        self.asked: Asked | None = None
        self.is_looked_at = False
        self.first: tuple[int, ...] = ()
        super().__init__(what, returned, expected, difference)

    @property
    def place(self) -> str:
        """What was compared, and the path to the two values, in English."""
        return f"{self.what}{_path(self.path)}"

    def __str__(self) -> str:  # built on demand: known mistakes are recognised without it
        return str(self.explanation())

    def explanation(self) -> Explanation:
        """Explain what was compared, and how it differs."""
        same = self._shows_it()
        return explain(
            ("checked", self._named()),
            ("returned", show(self.returned, self.first)),
            ("expected", "" if self.expected is ... else show(self.expected, self.first)),
            ("differs", "" if same else _of_spec(self.difference)),
            ("perhaps", self.hint),
        )

    def _named(self) -> Text:
        """Name what was compared: item 0 of "(dx, dy) of the layer" is "dx of the layer"."""
        what, path = self.what, self.path
        names = str(dict(what.values).get(NAMES, "")) if isinstance(what, Message) else what
        if path and isinstance(path[0], int) and (found := _TUPLE.search(names)):
            listed = found[1].split(", ")
            if path[0] < len(listed):
                named = names[: found.start()] + listed[path[0]] + names[found.end() :]
                what = what.part(**{NAMES: named}) if isinstance(what, Message) else named
                path = path[1:]
        return joined([_of_spec(what), _path(path)])

    def _shows_it(self) -> bool:
        """Return whether the difference only repeats the two numbers of the rows above it."""
        if self.expected is ... or isinstance(self.expected, tuple | list | dict):
            return False
        one, other = self.returned, np.asarray(self.expected)
        is_number = isinstance(one, int | float | np.generic) and not other.ndim
        return is_number and self.difference == tell_number(np.asarray(one).item(), other.item())


NAMES = "names"
"""The value of a message in which a spec names the items of a returned tuple: ``(dx, dy)``."""

_TUPLE = re.compile(r"(?<!\w)\((\w+(?:, \w+)+)\)")


def _number_of(value: object) -> int | None:
    """Return the number of an answer; None for any other value."""
    return value._number if type(value) is Answer else None


def _path(path: tuple[object, ...]) -> str:
    return "".join(f"[{key!r}]" for key in path)


def _of_spec(text: Text) -> Text:
    return phrase(text) if isinstance(text, str) and text else text


def assert_matches(
    returned: Any, expected: Any, what: Text = "", *, rtol: float = 1e-7, atol: float = 1e-9
) -> None:
    """Check that a value matches the expected one.

    Parameters
    ----------
    returned : object
        A value that the learner's code returned, or a handle, whose value is then read.
    expected : float, bool, ndarray, or a tuple, list or dict of these
        The expected value.
    what : str or Message, optional
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
            value, others = found if _is_pair(found) else (found, ())  # a worker may send anything
            try:
                if value is None:
                    raise _is_unset(what, plain(expected), returned, others)
                _match(value, plain(expected), _At(what), rtol, atol)
            except Mismatch as error:
                error.is_looked_at = True
                raise

        returned._student.check(compare_looked_at, returned)
        return
    at = _At(what, answer=_number_of(returned))
    waiting = waiting_in(returned)
    if waiting is None:
        waiting = waiting_in(expected)
    if waiting is None:
        _match(plain(returned), plain(expected), at, rtol, atol)
        return
    returned, expected = _as_it_is(returned), _as_it_is(expected)

    def compare(_: Any) -> None:
        __tracebackhide__ = True
        _match(plain(returned), plain(expected), at, rtol, atol)

    waiting._asker.check(compare)


def _is_pair(found: Any) -> bool:
    return isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], tuple)


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


@dataclass(frozen=True)
class _At:
    """Where something lies in what is compared."""

    what: Text
    path: tuple[object, ...] = ()
    answer: int | None = None

    def below(self, key: object) -> "_At":
        return _At(self.what, (*self.path, key), self.answer)

    def mismatch(self, returned: object, expected: object, difference: Text) -> Mismatch:
        return Mismatch(self.what, returned, expected, difference, self.path, self.answer)


def _is_unset(what: Text, expected: object, handle: Handle, others: tuple[object, ...]) -> Mismatch:
    """Return the mismatch of an attribute or item that is None."""
    told = english("it is still None: nothing was assigned to it")
    mismatch = Mismatch(what, None, expected, told)
    match handle._place.steps:
        case (*_, ("attribute", str(name))):
            mismatch.missing = Missing("", name, VALUE, bounded(others))
    return mismatch


def _match(returned: Any, expected: Any, at: _At, rtol: float, atol: float) -> None:
    """Compare a value that has arrived, and the items of containers one by one."""
    __tracebackhide__ = True
    if returned is None:
        missing = english("nothing was returned: is a `return` missing?")
        if at.path and isinstance(at.path[-1], str):
            missing = english("it is None")
        raise at.mismatch(returned, expected, missing)
    match expected:
        case tuple() | list():
            _match_sequence(returned, expected, at, rtol, atol)
        case dict():
            _match_dict(returned, expected, at, rtol, atol)
        case _:
            difference = tell_difference(returned, np.asarray(expected), rtol, atol)
            if difference:
                mismatch = at.mismatch(returned, expected, difference)
                mismatch.first = first_difference(returned, np.asarray(expected), rtol, atol)
                raise mismatch


def _match_sequence(returned: Any, expected: Any, at: _At, rtol: float, atol: float) -> None:
    __tracebackhide__ = True
    if not isinstance(returned, tuple | list):
        difference = english("{number} values were expected", number=len(expected))
        raise at.mismatch(returned, expected, difference)
    if len(returned) != len(expected):
        difference = english(
            "{number} values were expected, not {found}", number=len(expected), found=len(returned)
        )
        raise at.mismatch(returned, expected, difference)
    for i, (one, other) in enumerate(zip(returned, expected, strict=True)):
        _match(one, other, at.below(i), rtol, atol)


def _match_dict(returned: Any, expected: Any, at: _At, rtol: float, atol: float) -> None:
    __tracebackhide__ = True
    if not isinstance(returned, dict):
        raise at.mismatch(returned, expected, english("a dict was expected"))
    missing = [key for key in expected if key not in returned]
    if missing:
        raise at.mismatch(returned, expected, _tell_missing(missing[0], returned, expected))
    for key in expected:
        near = _near_key(key, returned, expected) if returned[key] is None else ""
        if near:
            difference = english("it is None; there is {near!r}: is that the one?", near=near)
            raise at.below(key).mismatch(None, expected[key], difference)
        _match(returned[key], expected[key], at.below(key), rtol, atol)


def _tell_missing(key: object, returned: dict[Any, Any], expected: dict[Any, Any]) -> Text:
    near = _near_key(key, returned, expected)
    if near:
        return english(
            "the key {key!r} is missing; there is {near!r}: is that the one?", key=key, near=near
        )
    return english("the key {key!r} is missing", key=key)


def _near_key(key: object, returned: dict[Any, Any], expected: dict[Any, Any]) -> str:
    """Return the key that was chosen in place of another; never one that is expected too."""
    return nearest_key(str(key), bounded(one for one in returned if one not in expected))
