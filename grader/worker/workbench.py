"""Where the learner's code lives: loads her modules, holds her objects, calls her functions.

The worker uses it behind a socket, and a learner's own pytest in-process; that it is one piece of
code is what makes a spec behave the same in both. It imports nothing of the grader but `wire`,
`clue`, `source` and `words`, so that the worker can have it without having a spec.
"""

import difflib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import inspect
import mmap
import os
import random
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np

from grader.messages.message import Text, cut, english, joined
from grader.worker import wire
from grader.worker.error_hints import call, same_word, shared_state
from grader.worker.exception_report import MAX_CODE
from grader.worker.module_loader import FAILED_CELLS
from grader.worker.source import Source

MAX_DEPTH = wire.MAX_DEPTH - 4  # what is around a value in a frame is nested as well

CallBack = Callable[[int, tuple[Any, ...], dict[str, Any]], Any]
"""Asks the spec's side to run one of its functions: its number, arguments, keyword arguments."""


class Workbench:
    """Does what a request asks for, on the learner's live objects.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name. They must be `importable`.
    max_array : int, default wire.MAX_BLOB
        Bytes of an array that may cross.

    Attributes
    ----------
    is_loading : bool
        Whether a module is being imported, or its import was cut short.
    """

    def __init__(self, sources: Mapping[str, Source], max_array: int = wire.MAX_BLOB) -> None:
        self._sources = sources
        self._max_array = max_array
        self.is_loading = False
        self._objects: dict[int, Any] = {}

    def perform(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Do one thing, and answer with what may cross.

        Parameters
        ----------
        request : dict
            ``do`` names one of the methods below whose names begin with ``do_``; the other items
            are its arguments. Or it is ``several``, and there are ``requests`` of that kind. With a
            ``seed`` a new spec begins: all objects are forgotten, and the global generators
            seeded. What is to be done ``first`` is a list of such requests; one with a ``number``
            has its result kept under that.
        call_back : callable
            How a function of the spec is called from here.

        Returns
        -------
        object
            Something that `wire.encode` takes.

        Raises
        ------
        BaseException
            Whatever the learner's code raises.
        """
        self._call_back = call_back
        details = dict(request)
        if "seed" in details:
            self._begin(details.pop("seed"))
        for earlier in map(dict, details.pop("first", ())):
            number = earlier.pop("number", None)
            result = self._do(earlier)
            if number is not None:
                self._objects[number] = result
        if details["do"] == "several":
            return self._answer_several(details["requests"])
        if details["do"] == "shared":
            return self.do_shared()
        return self._outgoing(self._do(details), 0)

    def _answer_several(self, requests: Sequence[dict[str, Any]]) -> list[object]:
        """The answers to several requests, up to the first one that fails."""
        answers: list[object] = []
        with suppress(Exception):
            for request in requests:
                # As it is now: the next call may write into it.
                answers.append(self._outgoing(self._do(dict(request)), 1))
        return answers

    def _do(self, details: dict[str, Any]) -> Any:
        action = getattr(self, f"do_{details.pop('do')}")
        return action(**details)

    def _begin(self, seed: int) -> None:
        self._objects.clear()
        random.seed(seed)
        np.random.seed(seed % 2**32)

    def do_nothing(self) -> None:
        """Do only what is to be done first."""

    def do_create(self, value: np.ndarray) -> np.ndarray:
        """Make an array here."""
        return np.array(value)

    def do_call(
        self, target: wire.Reference, args: tuple[Any, ...], kwargs: Mapping[str, Any] = {}
    ) -> object:
        """Call a function, a class or a method."""
        function: Any = self._resolve(target)
        named = {name: self._incoming(value) for name, value in kwargs.items()}
        return call(function, tuple(map(self._incoming, args)), named)

    def do_value(self, target: wire.Reference) -> object:
        """Answer with the value of an object."""
        return self._resolve(target)

    def do_near(self, target: wire.Reference) -> str:
        """Answer with the attribute that has nearly the name of one that is asked for."""
        *steps, (_, name) = target.steps
        owner = self._resolve(wire.Reference(target.start, tuple(steps)))
        return same_word(name, owner)[:MAX_CODE]

    def do_shared(self) -> Text:
        """Answer with what the objects share that the spec had made."""
        made = [one for number, one in self._objects.items() if number < 0]
        modules = {
            os.path.basename(source.filename): sys.modules[name]
            for name, source in self._sources.items()
            if name in sys.modules
        }
        objects = [one for one in made if type(one) is not np.ndarray]
        return cut(shared_state(objects, modules), MAX_CODE)

    def do_assign(self, target: wire.Reference, key: Any, value: Any) -> None:
        """Write into an array, in place; without a key, all of it."""
        array = self._resolve(target)
        if not isinstance(array, np.ndarray):
            raise TypeError(f"expected an array to write into, found {_name_of(array)}")
        array[... if key is None else key] = value

    def _resolve(self, place: wire.Reference) -> Any:
        """Go the way to an object."""
        start = place.start
        found = self._load(start) if isinstance(start, str) else self._objects[start]
        for kind, key in place.steps:
            found = self._attribute(found, key) if kind == "attribute" else self._item(found, key)
        return found

    def _load(self, name: str) -> Any:
        self.is_loading = True
        module = importlib.import_module(name)
        self.is_loading = False
        return module

    def _attribute(self, owner: Any, name: str) -> Any:
        try:
            return getattr(owner, name)
        except AttributeError:
            if inspect.getattr_static(owner, name, None) is not None:
                raise  # a property of hers that fails inside
            raise AttributeError(self._tell_missing(owner, name)) from None

    def _item(self, owner: Any, key: Any) -> Any:
        try:
            return owner[key]
        except KeyError:
            keys = ", ".join(map(repr, owner)) or "nothing"
            told = english("there is no key {key}; the dict has {keys}", key=repr(key), keys=keys)
            raise KeyError(told) from None

    def _tell_missing(self, owner: object, name: str) -> Text:
        near = next(iter(difflib.get_close_matches(name, map(str, dir(owner)), n=1)), "")
        if isinstance(owner, types.ModuleType):
            source = self._sources.get(owner.__name__)
            who = os.path.basename(source.filename) if source else f"the module {owner.__name__}"
            failed = "".join(f"\nnot run: {cell}" for cell in vars(owner).get(FAILED_CELLS, [])[:5])
            if near:
                told = english(
                    "{who} defines no {name}; it defines {near}: is that the one?",
                    who=who,
                    name=name,
                    near=near,
                )
                return joined([told, failed])
            return joined([english("{who} defines no {name}", who=who, name=name), failed])
        who = type(owner).__name__
        if near:
            return english(
                "{who} has no {name}; it has {near}: is that the one?",
                who=who,
                name=name,
                near=near,
            )
        return english("{who} has no {name}", who=who, name=name)

    def _refer(self, value: object) -> wire.Remote:
        number = len(self._objects)
        self._objects[number] = value
        return wire.Remote(number, _name_of(value))

    def _incoming(self, value: Any) -> Any:
        """What the learner's code gets: writable copies, live objects, callable callbacks."""
        match value:
            case np.ndarray():
                return value.copy()
            case list() | tuple():
                return type(value)(map(self._incoming, value))
            case dict():
                return {key: self._incoming(item) for key, item in value.items()}
            case wire.Reference():
                return self._resolve(value)
            case wire.Seed():
                return np.random.default_rng(value.value)
            case wire.SharedArray():
                return _map_file(value)
            case wire.Callback():
                return partial(self._run_callback, value.number)
        return value

    def _run_callback(self, number: int, *args: Any, **kwargs: Any) -> Any:
        outgoing_args = tuple(self._outgoing(arg, 0) for arg in args)
        outgoing_kwargs = {key: self._outgoing(arg, 0) for key, arg in kwargs.items()}
        answer = self._call_back(number, outgoing_args, outgoing_kwargs)
        if isinstance(answer, wire.Opaque):
            raise RuntimeError(answer.description)
        return self._incoming(answer)

    def _outgoing(self, value: object, depth: int) -> object:
        """What the spec gets: copies of plain data, references to everything else."""
        if depth >= MAX_DEPTH:
            return wire.Opaque(f"a value nested {depth} deep")
        match value:
            case np.ndarray() | np.generic() if wire.is_plain_array(value):
                if value.nbytes > self._max_array:
                    allowed = f"{self._max_array:,} are the limit of one answer"
                    return wire.Opaque(f"an array of {value.nbytes:,} bytes, where {allowed}")
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
                return str(value)
            case list():
                return [self._outgoing(item, depth + 1) for item in value]
            case tuple():
                return tuple(self._outgoing(item, depth + 1) for item in value)
            case dict() if all(isinstance(key, str | int) for key in value):
                return {key: self._outgoing(item, depth + 1) for key, item in value.items()}
        return self._refer(value)


def _name_of(value: object) -> str:
    return "nothing (None)" if value is None else type(value).__name__


def _map_file(mapping: wire.SharedArray) -> np.ndarray:
    if 0 in mapping.shape:  # an empty file cannot be mapped
        return np.frombuffer(b"", mapping.dtype).reshape(mapping.shape)
    with open(mapping.path, "rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    return np.frombuffer(content, mapping.dtype).reshape(mapping.shape)
