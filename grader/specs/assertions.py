"""Compares what the learner's code returned with what was expected, and tells the difference.

Shape first, then the kind of dtype, then the values: NumPy's own comparisons broadcast, take empty
arrays for equal, and call NaN not too far off.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.messages.explanation import Explanation, explain
from grader.messages.message import Message, Text, english, joined, phrase
from grader.specs.differences import tell_difference, tell_number
from grader.specs.display import show
from grader.transport.student import Handle, Later, answer_of, answers_of, near_miss

WANTED = (Handle, Later)


class Mismatch(AssertionError):
    """What was returned is not what was expected.

    Attributes
    ----------
    what : str or Message
        What was compared: ``dW after backward``. A str is in the words of the spec, or Python.
    returned, expected : object
        The two values; an ellipsis where it is told in words only what was expected.
    difference : str or Message
        In what they differ, in one line. A str is in the words of the spec.
    path : tuple of object, default ()
        The way to the two values in what was compared: indices and keys.
    clue : str or Message
        What may be behind it, if that is found out later.
    """

    def __init__(
        self,
        what: Text,
        returned: object,
        expected: object,
        difference: Text,
        path: tuple[object, ...] = (),
    ) -> None:
        self.what = what
        self.returned = returned
        self.expected = expected
        self.difference = difference
        self.path = path
        self.clue: Text = ""
        super().__init__(what, returned, expected, difference)

    @property
    def place(self) -> str:
        """What was compared, with the way to the two values, in English."""
        return f"{self.what}{_path(self.path)}"

    def __str__(self) -> str:  # made when somebody reads it: of a known mistake, nobody does
        return str(self.explanation())

    def explanation(self) -> Explanation:
        """What was compared, and in what it differs."""
        same = self._shows_it()
        return explain(
            ("checked", self._named()),
            ("returned", show(self.returned)),
            ("expected", "" if self.expected is ... else show(self.expected)),
            ("differs", "" if same else _of_spec(self.difference)),
            ("perhaps", self.clue),
        )

    def _named(self) -> Text:
        """What was compared; the first of "(dx, dy) of the first layer" is "dx of the first"."""
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
        """Whether the difference only says once more what stands above it: two numbers."""
        if self.expected is ...:
            return False
        one, other = self.returned, np.asarray(self.expected)
        is_number = isinstance(one, int | float | np.generic) and not other.ndim
        return is_number and self.difference == tell_number(np.asarray(one).item(), other.item())


NAMES = "names"
"""The value of a message in which a spec says what the parts of an answer are: ``(dx, dy)``."""

_TUPLE = re.compile(r"(?<!\w)\((\w+(?:, \w+)+)\)")


def _path(path: tuple[object, ...]) -> str:
    return "".join(f"[{key!r}]" for key in path)


def _of_spec(text: Text) -> Text:
    return phrase(text) if isinstance(text, str) and text else text


def assert_matches(
    returned: Any, expected: Any, what: Text = "", *, rtol: float = 1e-7, atol: float = 1e-9
) -> None:
    """Check that a value is what was expected.

    Parameters
    ----------
    returned : object
        What the learner's code returned; or a handle, whose value is then read, or a call that is
        then made.
    expected : float, bool, ndarray, or a tuple, list or dict of these
        What it should be.
    what : str or Message, optional
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
    _match(value, expected, _At(what), rtol, atol)


def assert_all_match(values: Mapping[Any, tuple[Any, Any]]) -> None:
    """Check several values, one after another, for which the learner's code is asked all at once.

    Parameters
    ----------
    values : mapping of str or Message to (object, object)
        What is compared, for the message, to what there is and what it should be, as in
        `assert_matches`. Calls are made in this order, those of
        `grader.transport.student.Student.later` among them.

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


@dataclass(frozen=True)
class _At:
    """Where something lies in what is compared."""

    what: Text
    path: tuple[object, ...] = ()

    def below(self, key: object) -> "_At":
        return _At(self.what, (*self.path, key))

    def mismatch(self, returned: object, expected: object, difference: Text) -> Mismatch:
        return Mismatch(self.what, returned, expected, difference, self.path)


def _tell_unset(near: str) -> Text:
    if near:
        return english("it is still None; {name} was set: is that the one?", name=near)
    return english("it is still None: nothing was assigned to it")


def _match(returned: Any, expected: Any, at: _At, rtol: float, atol: float) -> None:
    """The same for what lies in a container, where an object is no value."""
    __tracebackhide__ = True
    if returned is None:
        missing = english("nothing was returned: is a `return` missing?")
        raise at.mismatch(returned, expected, missing)
    match expected:
        case tuple() | list():
            _match_sequence(returned, expected, at, rtol, atol)
        case dict():
            _match_dict(returned, expected, at, rtol, atol)
        case _:
            difference = tell_difference(returned, np.asarray(expected), rtol, atol)
            if difference:
                raise at.mismatch(returned, expected, difference)


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
        difference = english("the key {key!r} is missing", key=missing[0])
        raise at.mismatch(returned, expected, difference)
    for key in expected:
        _match(returned[key], expected[key], at.below(key), rtol, atol)
