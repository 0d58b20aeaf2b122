"""What a spec asked of the learner's code, and the calls that led to an answer, in one line."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from grader.messages.message import Text, english, joined
from grader.transport.student import Asked
from grader.worker import wire

MAX_COLUMNS = 64
"""Maximum length of the line, so that it fits beside its label."""

MAX_SIZE = 12
"""Maximum size of an array that the line shows."""

MAX_ITEMS = 1000
"""Maximum number of items of a list in which uses of objects are looked for."""

THEN = english(", then ")

Request = Mapping[str, Any]


def called_in(asked: Asked) -> str:
    """Return what a request calls or reads: ``MulLayer.backward``, ``Affine.dW``, ``softmax``."""
    return name_of(asked.log, asked.log[asked.place])


def calls_in_line(asked: Asked) -> Text:
    """Return the calls on the same object up to a request, with numbers rounded.

    Parameters
    ----------
    asked : Asked
        The request that counts.

    Returns
    -------
    str or Message
        ``MulLayer().forward(2, 3), then .backward(1)``; empty if the inputs of the last call are
        too long to show, or no input would be shown.
    """
    return _Line(asked.log, asked.place).text()


def variable_of(class_name: str) -> str:
    """Return a name for an object of a class: the last word, ``layer`` of ``MulLayer``."""
    words = re.findall(r"[A-Z]+[a-z0-9]*|[a-z0-9]+", class_name)
    return words[-1].lower() if words else "made"


def steps_of(place: wire.Reference) -> str:
    """Return what follows the start of a place in Python: ``.layers['Relu1'].forward``."""
    return "".join(f".{key}" if kind == "attribute" else f"[{key!r}]" for kind, key in place.steps)


def class_in(request: Request) -> str:
    """Return the name of the class of which a request makes an object; empty for others."""
    target = request.get("target")
    is_made = request["do"] == "call" and "number" in request
    return str(target.steps[-1][1]) if is_made and target is not None and target.steps else ""


def made_in(log: Sequence[Request], number: int | str) -> Request | None:
    """Return the request that made an object; None for another start of a place."""
    return next((one for one in log if one.get("number") == number), None)


def uses_in(value: object) -> Iterator[int]:
    """Yield the number of each object that a request, or a part of one, refers to."""
    match value:
        case wire.Reference(int(number)):
            yield number
        case list() | tuple() if len(value) <= MAX_ITEMS:
            for item in value:
                yield from uses_in(item)
        case dict():
            yield from uses_in(list(value.values()))


def answers_in(value: object) -> Iterator[int]:
    """Yield the number of each earlier answer that a request, or a part of one, passes on."""
    match value:
        case wire.Earlier():
            yield value.number
        case list() | tuple():
            for item in value:
                yield from answers_in(item)
        case dict():
            yield from answers_in(list(value.values()))


def name_of(log: Sequence[Request], request: Request) -> str:
    """Return the name of what a request calls or reads: ``MulLayer.backward``."""
    target = request.get("target")
    if target is None:
        return ""
    made = made_in(log, target.start)
    return f"{class_in(made) if made else ''}{steps_of(target)}".removeprefix(".")


class _TooLong(Exception):
    """A value does not fit the line."""


class _Line:
    """The calls that led to an answer, on one line.

    These are the requests to the same object. If they do not fit, the last ones are shown.
    """

    def __init__(self, log: Sequence[Request], last: int) -> None:
        self.log = log
        self.last = last

    def text(self) -> Text:
        target = self.log[self.last].get("target")
        if target is None:
            return ""
        if isinstance(target.start, str):
            return self._fitting([""], [self.last])
        number = target.start
        own = [
            index
            for index, one in enumerate(self.log[: self.last + 1])
            if one["do"] in ("call", "assign") and one["target"].start == number
        ]
        return self._fitting(self._heads(number), own)

    def _heads(self, number: int) -> list[str]:
        """Return what made an object, with its arguments if they fit, and without them."""
        made = made_in(self.log, number)
        if made is None or not class_in(made):
            return []
        try:
            return [self._made(made), f"{class_in(made)}(...)"]
        except _TooLong:
            return [f"{class_in(made)}(...)"]

    def _fitting(self, heads: Sequence[str], indices: Sequence[int]) -> Text:
        calls: list[str] = []
        for index in reversed(indices):  # the last one matters most
            try:
                calls.insert(0, self._step(self.log[index]))
            except _TooLong:
                break
        for first in range(len(calls)):
            gap = "" if first == 0 and len(calls) == len(indices) else " ... "
            for head in heads:
                line = joined([f"{head}{gap}{calls[first]}", *calls[first + 1 :]], by=THEN)
                has_inputs = any(not one.endswith("()") for one in calls[first:])
                if has_inputs and len(str(line)) <= MAX_COLUMNS:
                    return line
        return ""

    def _step(self, request: Request) -> str:
        """Return a request without the name of its object: ``.forward(2, 3)``."""
        target = request["target"]
        place = steps_of(target)
        if isinstance(target.start, str):
            place = place.removeprefix(".")
        if request["do"] == "assign":
            key = "..." if request["key"] is None else repr(request["key"])
            return f"{place}[{key}] = {self._show(request['value'])}"
        return f"{place}({self._arguments(request)})"

    def _arguments(self, request: Request) -> str:
        given = [self._show(value) for value in request["args"]]
        named = request.get("kwargs", {}).items()
        return ", ".join([*given, *(f"{name}={self._show(value)}" for name, value in named)])

    def _made(self, made: Request) -> str:
        if made["do"] == "create":
            return self._show(made["value"])
        return f"{class_in(made)}({self._arguments(made)})"

    def _show(self, value: Any) -> str:
        match value:
            case list() | tuple() | str() if len(value) > MAX_COLUMNS:
                raise _TooLong
            case bool() | None | str():
                return repr(value)
            case float() | np.floating():
                return f"{float(value):.6g}"
            case int() | np.integer():
                return repr(int(value))
            case np.ndarray() if value.size <= MAX_SIZE:
                return self._show(value.tolist())
            case list():
                return f"[{', '.join(map(self._show, value))}]"
            case tuple():
                return f"({', '.join(map(self._show, value))})"
            case wire.Seed():
                return "rng"
            case wire.Callback():
                return "f"
            case wire.Earlier():
                return self._show_earlier(value.number)
            case wire.Reference(int(), ()) if self._is_used_once(value.start):
                made = made_in(self.log, value.start)
                if made is not None:
                    return self._made(made)
        raise _TooLong

    def _show_earlier(self, number: int) -> str:
        """Return the call whose answer is passed on."""
        asked = next((one for one in self.log if one.get("keep") == number), None)
        if asked is None or "args" not in asked or not self._is_used_once(asked["target"].start):
            raise _TooLong
        made = made_in(self.log, asked["target"].start)
        return f"{self._made(made) if made else ''}{self._step(asked)}"

    def _is_used_once(self, start: int | str) -> bool:
        """Return whether there is nothing that an earlier call may have left in an object."""
        if isinstance(start, str):
            return True
        uses = (use for one in self.log[: self.last + 1] for use in uses_in(one))
        return sum(use == start for use in uses) <= 1
