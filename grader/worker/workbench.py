"""The workbench: imports the learner's modules, holds their objects, and calls their functions.

The worker uses it behind a socket, and a learner's own pytest in-process. Because both share this
code, a spec behaves the same in both. Of the grader it imports only `grader.worker` and
`grader.messages.message`, so that a worker never loads a spec.
"""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import os
import random
import sys
import types
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import numpy as np

from grader.messages.message import Text, cut, english, joined
from grader.worker import wire
from grader.worker.exception_report import MAX_CODE
from grader.worker.hints.error_hints import call
from grader.worker.hints.missing import (
    Missing,
    missing_attribute,
    missing_key,
    set_attributes,
)
from grader.worker.hints.slips import find_slip
from grader.worker.hints.suspects import inherited_instead, set_elsewhere, shared_state
from grader.worker.module_loader import FAILED_PARTS
from grader.worker.source import Source
from grader.worker.wire import MAX_ANSWER, MAX_ITEMS, MAX_TEXT

MAX_DEPTH = wire.MAX_DEPTH - 6  # what is around a value in a frame is nested as well

CallBack = Callable[[int, tuple[Any, ...], dict[str, Any]], Any]
"""Calls a function of the spec, given its number, arguments and keyword arguments."""


class Workbench:
    """Performs requests on the learner's live objects.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name. They must be `importable`.
    max_array : int, default MAX_ANSWER
        Maximum total size, in bytes, of the arrays in one answer.
    shared : mapping of int to memoryview, optional
        The bytes of each `grader.worker.wire.SharedArray` that a request may name, by its number.

    Attributes
    ----------
    is_loading : bool
        Whether a module is being imported, or its last import raised an exception.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        max_array: int = MAX_ANSWER,
        shared: Mapping[int, memoryview] = {},
    ) -> None:
        self._sources = sources
        self._shared = shared
        self._max_array = max_array
        self.is_loading = False
        self._objects: dict[int, Any] = {}
        self._kept: dict[int, Any] = {}

    def perform(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Perform a request, and return its result as plain data.

        Parameters
        ----------
        request : dict
            ``do`` names a method ``do_...`` of this class; the other items are its arguments. A
            ``seed`` starts a new spec: all objects are forgotten, and the global generators are
            seeded. With a ``number``, the result itself is stored under it; with ``keep``, a copy
            that a later request can pass on as `grader.worker.wire.Earlier`. The answer to a
            ``mute`` request is None.
        call_back : callable
            Calls a function of the spec.

        Returns
        -------
        object
            A value that `wire.encode` accepts.

        Raises
        ------
        BaseException
            Any exception that the learner's code raises.
        """
        self._call_back = call_back
        details = dict(request)
        if "seed" in details:
            self._begin(details.pop("seed"))
        is_ours = details["do"] == "suspect"
        number, keep, is_mute = (details.pop(name, None) for name in ("number", "keep", "mute"))
        result = self._do(details)
        if number is not None:
            self._objects[number] = result
        if is_mute and keep is None:
            return None
        answer = result if is_ours else self._answer(result)
        if keep is not None:
            self._kept[keep] = answer
        return None if is_mute else answer

    def _do(self, details: dict[str, Any]) -> Any:
        action = getattr(self, f"do_{details.pop('do')}")
        return action(**details)

    def _begin(self, seed: int) -> None:
        self._objects.clear()
        self._kept.clear()
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def do_create(self, value: np.ndarray | dict[str, Any]) -> object:
        """Create an array, or a dict of arrays and objects, in this process."""
        return self._incoming(value)

    def do_call(
        self, target: wire.Reference, args: tuple[Any, ...], kwargs: Mapping[str, Any] = {}
    ) -> object:
        """Call a function, a class or a method."""
        function: Any = self._resolve(target, is_called=True)
        named = {name: self._incoming(value) for name, value in kwargs.items()}
        return call(function, tuple(map(self._incoming, args)), named)

    def do_value(self, target: wire.Reference) -> object:
        """Return the value of an object."""
        return self._resolve(target)

    def do_look(self, target: wire.Reference) -> tuple[object, tuple[str, ...]]:
        """Answer with the value of an object and, if it is None, with the attributes that are set.

        One of them may have been set in its place.
        """
        value = self._resolve(target)
        match target.steps:
            case (*steps, ("attribute", str())) if value is None:
                owner = self._resolve(wire.Reference(target.start, tuple(steps)))
                return value, set_attributes(owner)
        return value, ()

    def do_suspect(self, spec: str, module: str, made: int) -> Text:
        """Answer with the likely cause of a failure that the values do not show.

        That is a statement in what the spec is about that does not do what it seems to, or
        something about the first objects that the spec had made.
        """
        source = self._sources.get(module)
        for file, text in source.parts().items() if source else ():
            slip = find_slip(os.path.basename(file), text, spec)
            if slip:
                return cut(slip, MAX_CODE)
        made_ones = [self._objects.get(-number) for number in range(1, made + 1)]
        objects = [one for one in made_ones if one is not None and type(one) is not np.ndarray]
        told = set_elsewhere(objects) or inherited_instead(objects)
        if not told and len(objects) > 1:
            told = shared_state(objects, self._modules())
        return cut(told, MAX_CODE)

    def _modules(self) -> dict[str, types.ModuleType]:
        """Return the modules of the submission that are loaded, by file name."""
        return {
            os.path.basename(source.filename): sys.modules[name]
            for name, source in self._sources.items()
            if name in sys.modules
        }

    def do_assign(self, target: wire.Reference, key: Any, value: Any) -> None:
        """Assign to an array in place; without a key, to all of it."""
        array = self._resolve(target)
        if not isinstance(array, np.ndarray):
            raise TypeError(f"expected an array to write into, found {_name_of(array)}")
        array[... if key is None else key] = self._incoming(value)

    def _resolve(self, place: wire.Reference, is_called: bool = False) -> Any:
        """Return the object that a reference leads to, and that is perhaps called then."""
        start, last = place.start, len(place.steps)
        found = self._load(start) if isinstance(start, str) else self._objects[start]
        for number, (kind, key) in enumerate(place.steps, 1):
            if kind == "attribute":
                found = self._attribute(found, key, is_called and number == last)
            else:
                found = self._item(found, key)
        return found

    def _load(self, name: str) -> Any:
        self.is_loading = True
        module = importlib.import_module(name)
        self.is_loading = False
        return module

    def _attribute(self, owner: Any, name: str, is_called: bool) -> Any:
        try:
            return getattr(owner, name)
        except AttributeError:
            if inspect.getattr_static(owner, name, None) is not None:
                raise  # the attribute is a property that raises AttributeError itself
            raise self._is_missing(owner, name, is_called) from None

    def _item(self, owner: Any, key: Any) -> Any:
        try:
            return owner[key]
        except KeyError:
            keys = ", ".join(map(repr, owner)) or "nothing"
            told = english("there is no key {key}; the dict has {keys}", key=repr(key), keys=keys)
            raise _with(KeyError(told), missing_key(owner, key)) from None

    def _is_missing(self, owner: object, name: str, is_called: bool) -> AttributeError:
        """Return the exception about an attribute that an object or a module does not have."""
        if not isinstance(owner, types.ModuleType):
            who = type(owner).__name__
            told: Text = english("{who} has no {name}", who=who, name=name)
            return _with(AttributeError(told), missing_attribute(owner, who, name, is_called))
        source = self._sources.get(owner.__name__)
        who = os.path.basename(source.filename) if source else f"the module {owner.__name__}"
        told = english("{who} defines no {name}", who=who, name=name)
        failed = vars(owner).get(FAILED_PARTS, [])[:5]
        if failed:  # the name is missing because of them
            lines = (joined(["\n", english("not run: {what}", what=what)]) for what in failed)
            return AttributeError(joined([told, *lines]))
        return _with(AttributeError(told), missing_attribute(owner, who, name, is_called))

    def _refer(self, value: object) -> wire.Remote:
        number = len(self._objects)
        self._objects[number] = value
        return wire.Remote(number, _name_of(value))

    def _incoming(self, value: Any) -> Any:
        """Convert an argument for the learner's code: writable copies, live objects, callables."""
        match value:
            case np.ndarray():
                return value.copy()
            case list() | tuple():
                return type(value)(map(self._incoming, value))
            case dict():
                return {key: self._incoming(item) for key, item in value.items()}
            case wire.Reference():
                return self._resolve(value)
            case wire.Earlier():
                return self._incoming(self._kept[value.number])
            case wire.Remote():  # in what is passed on
                return self._objects[value.number]
            case wire.Seed():
                return np.random.default_rng(value.value)
            case wire.SharedArray():
                content = self._shared[value.number]
                return np.frombuffer(content, value.dtype).reshape(value.shape)
            case wire.Callback():
                return partial(self._run_callback, value.number)
        return value

    def _run_callback(self, number: int, *args: Any, **kwargs: Any) -> Any:
        outgoing_args = tuple(map(self._answer, args))
        outgoing_kwargs = {key: self._answer(arg) for key, arg in kwargs.items()}
        answer = self._call_back(number, outgoing_args, outgoing_kwargs)
        if isinstance(answer, wire.Opaque):
            raise RuntimeError(answer.description)
        return self._incoming(answer)

    def _answer(self, value: object) -> object:
        """Convert a result for the spec, or describe one that is too large."""
        self._room = _Room(self._max_array)
        try:
            return self._outgoing(value, 0)
        except _TooMuch as error:
            return wire.Opaque(str(error))

    def _outgoing(self, value: object, depth: int) -> object:
        """Convert a part of a result: copies of plain data, references to other objects."""
        self._room.take_item()
        if depth >= MAX_DEPTH:
            return wire.Opaque(f"a value nested {depth} deep")
        match value:
            case np.ndarray() | np.generic() if wire.is_plain_array(value):
                self._room.take_bytes(value.nbytes)
                return np.array(value) if isinstance(value, np.ndarray) else value
            case np.ndarray():
                return wire.Opaque(f"an array of dtype {value.dtype}, shape {value.shape}")
            case np.generic():
                return wire.Opaque(f"a value of type {type(value).__name__}")
            case None | bool():
                return value
            case int():
                is_small = -(2**63) <= value < 2**63
                return value if is_small else wire.Opaque("an integer of more than 64 bits")
            case float():
                return float(value)
            case str():
                self._room.take_text(len(value))
                return str(value)
            case list():
                return [self._outgoing(item, depth + 1) for item in value]
            case tuple():
                return tuple(self._outgoing(item, depth + 1) for item in value)
            case dict() if all(isinstance(key, str | int) for key in value):
                return {key: self._outgoing(item, depth + 1) for key, item in value.items()}
        return self._refer(value)


class _TooMuch(Exception):
    """A result is larger than an answer may be."""


class _Room:
    """How much more there may be in an answer."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.items = self.bytes = self.characters = 0

    def take_item(self) -> None:
        self.items += 1
        if self.items > MAX_ITEMS:
            raise _TooMuch(f"an answer of more than {MAX_ITEMS:,} values, which is the limit")

    def take_bytes(self, number: int) -> None:
        self.bytes += number
        if self.bytes > self.max_bytes:
            what = "an array" if number == self.bytes else "arrays"
            allowed = f"{self.max_bytes:,} are the limit of one answer"
            raise _TooMuch(f"{what} of {self.bytes:,} bytes, where {allowed}")

    def take_text(self, number: int) -> None:
        self.characters += number
        if self.characters > MAX_TEXT:
            allowed = f"{MAX_TEXT:,} are the limit of one answer"
            raise _TooMuch(f"a text of {self.characters:,} characters, where {allowed}")


_Error = TypeVar("_Error", bound=Exception)


def _with(error: _Error, missing: Missing) -> _Error:
    """Attach what is missing to an exception, where `error_hints.missing_of` finds it."""
    error.missing = missing  # type: ignore[attr-defined]
    return error


def _name_of(value: object) -> str:
    return "nothing (None)" if value is None else type(value).__name__
