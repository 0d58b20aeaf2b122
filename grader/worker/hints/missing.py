"""What a spec asked for and the learner's code does not have, as facts: names and their kinds."""

import inspect
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from grader.worker.hints.near_names import MAX_LENGTH, nearest

CLASS, FUNCTION, VALUE, KEY, ARGUMENT = KINDS = ("class", "function", "value", "key", "argument")
"""Kinds of names. A method is a function."""

MAX_NAMES = 100
"""Number of names that are reported; what is meant is rarely among more."""


@dataclass(frozen=True)
class Missing:
    """A name that is not there, and those that are.

    Attributes
    ----------
    owner : str
        What was looked at: a file, a class or a function. Empty for a dict.
    name : str
        The name that is not there.
    kind : str
        One of `KINDS`.
    names : tuple of str
        Names of the same kind that are there, without the arguments of a constructor.
    """

    owner: str
    name: str
    kind: str
    names: tuple[str, ...] = ()


def bounded(names: Iterable[object]) -> tuple[str, ...]:
    """Return the names that may be meant: no others than short ones, and not too many."""
    usable = (str(name) for name in names if isinstance(name, str) and len(name) <= MAX_LENGTH)
    return tuple(name for name, _ in zip(usable, range(MAX_NAMES), strict=False))


def attributes(thing: object) -> Mapping[str, Any]:
    """Return what was assigned to the attributes of an object, without running its code."""
    try:
        found = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}


def missing_attribute(owner: object, who: str, name: str, is_called: bool) -> Missing:
    """Describe an attribute that an object or a module lacks.

    Parameters
    ----------
    owner : object
        An object or a module of the learner.
    who : str
        How it is called in a message.
    name : str
        Name of the attribute.
    is_called : bool
        Whether a function is wanted, or a class if the name begins with a capital letter.
    """
    kind = VALUE
    if is_called:
        is_class = isinstance(owner, types.ModuleType) and name[:1].isupper()
        kind = CLASS if is_class else FUNCTION
    return Missing(who, name, kind, bounded(_names_of(owner, kind)))


def set_attributes(owner: object) -> tuple[str, ...]:
    """Return the names of the attributes of an object that are values other than None."""
    own = attributes(owner)
    return bounded(name for name in _names_of(owner, VALUE) if own.get(name) is not None)


def _names_of(owner: object, kind: str) -> Iterator[str]:
    kinds = () if isinstance(owner, types.ModuleType) else type(owner).__mro__[:-1]
    given = set(_arguments_of(type(owner))) if kinds else set()
    for space in (attributes(owner), *map(vars, kinds)):
        for name, value in space.items():
            is_usable = isinstance(name, str) and name not in given and not name.startswith("__")
            if is_usable and _kind_of(value) == kind:
                yield name


def _kind_of(value: object) -> str:
    if isinstance(value, type):
        return CLASS
    return FUNCTION if callable(value) or isinstance(value, staticmethod) else VALUE


def _arguments_of(kind: type) -> Iterable[str]:
    constructor = inspect.getattr_static(kind, "__init__", None)
    return _parameters(constructor) if isinstance(constructor, types.FunctionType) else ()


def signed(function: Any) -> Any:
    """Return what has the signature of a call: the constructor of a class."""
    is_class = isinstance(function, type)
    return inspect.getattr_static(function, "__init__") if is_class else function


def _parameters(function: object) -> Mapping[str, inspect.Parameter]:
    return inspect.signature(function).parameters  # type: ignore[arg-type]


def missing_key(owner: Mapping[Any, Any], key: object) -> Missing:
    """Describe a key that a dict lacks."""
    return Missing("", str(key)[:MAX_LENGTH], KEY, bounded(owner))


def missing_argument(function: Any, named: Iterable[str]) -> Missing | None:
    """Describe the first keyword argument that a function does not have.

    Parameters
    ----------
    function : callable
        A function or a class of the learner.
    named : iterable of str
        The keyword arguments of the call.

    Returns
    -------
    Missing or None
        None if it has them all.
    """
    declared = _parameters(signed(function))
    if any(one.kind is one.VAR_KEYWORD for one in declared.values()):
        return None
    absent = [name for name in named if name not in declared]
    if not absent:
        return None
    others = bounded(name for name in declared if name not in named and name != "self")
    return Missing(function.__name__, absent[0], ARGUMENT, others)


def own_methods(kind: type) -> tuple[str, ...]:
    """Return the names of the methods that a class itself defines, without special ones."""
    return bounded(
        name
        for name, value in vars(kind).items()
        if not name.startswith("__") and _kind_of(value) == FUNCTION
    )


def missing_method(kind: type, names: Iterable[str]) -> Missing | None:
    """Describe a method that a class should have of its own, because its base class has none.

    Parameters
    ----------
    kind : type
        A class of the learner.
    names : iterable of str
        The methods that it lacks.

    Returns
    -------
    Missing or None
        Of the first method that the class has under a similar name, or else of the first. None if
        there is no name.
    """
    own = own_methods(kind)
    listed = sorted(names)
    if not listed:
        return None
    name = next((one for one in listed if nearest(one, own)), listed[0])
    return Missing(kind.__name__, name, FUNCTION, own)
