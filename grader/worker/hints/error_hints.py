"""Hints at the likely cause of an exception in a learner's code: a typo, a missing word.

Used by the worker and by a learner's own pytest. Hints cross the wire as text.
"""

import builtins
import inspect
import re
import types
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

from grader.messages.message import Text, english
from grader.worker.hints.failing_line import Unset, dicts_in, find_unset
from grader.worker.hints.missing import (
    Missing,
    attributes,
    missing_argument,
    missing_method,
    signed,
)
from grader.worker.hints.near_names import misspelt
from grader.worker.loading.imports import is_submitted, offer_of

BLANK = "___"

_KEYWORD = re.compile(
    r"(?P<function>[\w.]+)\(\) got an unexpected keyword argument '(?P<keyword>\w+)'"
)


def call(function: Any, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """Call a function of the learner.

    A TypeError whose innermost frame is this one means that the arguments did not match.
    """
    return function(*args, **named)


def error_hint(error: BaseException, unset: Unset | None) -> Text:
    """Return a hint at the likely cause of an exception.

    Parameters
    ----------
    error : BaseException
        An exception raised by a learner's code, with its traceback.
    unset : Unset or None
        The result of `unset_in`.

    Returns
    -------
    str or Message
        One sentence, or an empty string if there is no hint.
    """
    if unset is not None:
        return _of_unset(unset)
    with suppress(Exception):  # the learner's objects may raise anything when they are examined
        traceback = _innermost(error)
        if traceback is None:
            return ""
        frame = traceback.tb_frame
        is_in_call = frame.f_code is call.__code__
        match error:
            case NameError():
                return _of_name(str(error.name), frame)
            case AttributeError(name=str(name)) if not is_in_call:
                near = misspelt(name, _names_of(error.obj))
                return english("did you mean {name}?", name=near) if near else ""
            case KeyError() if not is_in_call:
                return _of_key(error.args[0], traceback)
            case TypeError() if is_in_call:
                return _of_call(frame.f_locals)
            case TypeError():
                return _of_keyword(str(error), frame)
    return ""


def _innermost(error: BaseException) -> types.TracebackType | None:
    """Return the last entry of a traceback, without what NumPy does in Python itself."""
    found, traceback = None, error.__traceback__
    while traceback is not None:
        if not _is_of_library(traceback.tb_frame):
            found = traceback
        traceback = traceback.tb_next
    return found


def _is_of_library(frame: types.FrameType) -> bool:
    return str(frame.f_globals.get("__name__")).startswith("numpy")


def unset_in(error: BaseException) -> Unset | None:
    """Return what is None in the expression of a learner that raised an exception due to it.

    Parameters
    ----------
    error : BaseException
        An exception raised by a learner's code, with its traceback.
    """
    with suppress(Exception):
        traceback = _innermost(error)
        is_due_to_none = isinstance(error, TypeError | ValueError) or (
            isinstance(error, AttributeError) and error.obj is None
        )
        if traceback is not None and is_due_to_none and is_submitted(traceback.tb_frame):
            return find_unset(traceback, operands_only=isinstance(error, ValueError))
    return None


def name_of_unset(error: BaseException, unset: Unset | None) -> str:
    """Return the attribute that nothing was assigned to, if that raised an exception.

    Parameters
    ----------
    error : BaseException
        An exception raised by a learner's code, with its traceback.
    unset : Unset or None
        The result of `unset_in`.

    Returns
    -------
    str
        Its class and name, ``Sigmoid.out``, whether it is None or not there. Empty if the exception
        has another cause, or another attribute was set in its place.
    """
    if unset is not None:
        return "" if unset.near else unset.name
    with suppress(Exception):
        traceback = _innermost(error)
        if isinstance(error, AttributeError) and traceback is not None:
            owner, name = traceback.tb_frame.f_locals.get("self"), str(error.name)
            if owner is not None and owner is error.obj and not misspelt(name, _names_of(owner)):
                return f"{type(owner).__name__}.{name}"
    return ""


def _of_unset(unset: Unset) -> Text:
    if unset.near:
        return english(
            "{name} is None here; {near} was set: is that the one?",
            name=unset.code,
            near=unset.near,
        )
    if unset.name:
        return english("{name} is None here: nothing was assigned to it", name=unset.code)
    return english("{name} is None here", name=unset.code)


def missing_of(error: BaseException) -> Missing | None:
    """Return what a spec asked for and the learner's code lacks, if that raised an exception.

    Parameters
    ----------
    error : BaseException
        An exception with its traceback. One that the workbench raises has it as an attribute.
    """
    with suppress(Exception):
        known, traceback = getattr(error, "missing", None), _innermost(error)
        if isinstance(known, Missing) or traceback is None:
            return known
        inside = traceback.tb_frame
        if isinstance(error, NotImplementedError):
            return _of_base_class(inside)
        if isinstance(error, TypeError) and inside.f_code is call.__code__:
            function, named = inside.f_locals["function"], inside.f_locals["named"]
            if inspect.isabstract(function):
                return missing_method(function, function.__abstractmethods__)
            return missing_argument(function, named)
    return None


def _of_base_class(frame: types.FrameType) -> Missing | None:
    """Describe the method of a base class that was called, for a class that has none of its own."""
    name = frame.f_code.co_name
    kind = type(frame.f_locals[frame.f_code.co_varnames[0]])
    base = next(one for one in kind.__mro__ if name in vars(one))
    is_inherited = base is not kind and vars(base)[name].__code__ is frame.f_code
    return missing_method(kind, [name]) if is_inherited else None


def _of_name(name: str, frame: types.FrameType) -> Text:
    if name.startswith(BLANK):
        return english("a blank ___ is still to be filled in")
    if name == "np":
        return english("is `import numpy as np` missing at the top?")
    home = offer_of(frame).home_of(name)
    if home and home != frame.f_globals.get("__name__"):
        return english("is `from {home} import {name}` missing at the top?", home=home, name=name)
    own = list(_names_of(frame.f_locals.get("self")))
    if name in own:
        return english("did you mean {name}?", name=f"self.{name}")
    near = misspelt(name, [*frame.f_locals, *frame.f_globals, *vars(builtins)])
    if near:
        return english("did you mean {name}?", name=near)
    near = misspelt(name, own)
    return english("did you mean {name}?", name=f"self.{near}") if near else ""


def _names_of(thing: object) -> Iterable[str]:
    """Return the attribute names of an object, class or module, without running its code."""
    kinds = (*type(thing).__mro__, *(thing.__mro__ if isinstance(thing, type) else ()))
    return [*attributes(thing), *(name for kind in kinds for name in vars(kind))]


def _of_key(key: object, traceback: types.TracebackType) -> Text:
    """Return a hint at a key that a dict of the learner does not have."""
    for owner in dicts_in(traceback):
        near = misspelt(str(key), filter(lambda one: isinstance(one, str), owner))
        if near and key not in owner:
            return english("did you mean {name}?", name=repr(near))
    return ""


def _of_call(arguments: Mapping[str, Any]) -> Text:
    """Return a hint at a signature that does not match a call, given the arguments of `call`."""
    function, args, named = (arguments[name] for name in ("function", "args", "named"))
    if isinstance(function, type) and not _has_constructor(function):
        return _of_constructor(function)
    written = signed(getattr(function, "__func__", function))
    if not isinstance(written, types.FunctionType):
        return ""
    declared = list(inspect.signature(written).parameters)
    head = f"def {written.__name__}({', '.join(declared)})"
    if written is not function and declared[:1] != ["self"]:
        return english("is `self` missing in `{head}`?", head=head)
    if named:
        return english("it is written as `{head}`", head=head)
    if len(args) == 1:
        return english("it is written as `{head}`, and called with 1 value", head=head)
    return english(
        "it is written as `{head}`, and called with {number} values", head=head, number=len(args)
    )


def _of_keyword(message: str, frame: types.FrameType) -> Text:
    """Return a hint at a keyword argument that the function called in a frame does not have."""
    match = _KEYWORD.search(message)
    if match is None:
        return ""
    first, *rest = match["function"].split(".")
    called = {**frame.f_globals, **frame.f_locals}[first]
    for name in rest:
        called = inspect.getattr_static(called, name)
    near = misspelt(match["keyword"], inspect.signature(called).parameters)
    return english("did you mean {name}?", name=near) if near else ""


def _has_constructor(kind: type) -> bool:
    return any("__init__" in vars(base) for base in kind.__mro__[:-1])


def _of_constructor(kind: type) -> Text:
    """Return a hint at the constructor that a class lacks."""
    if kind.__name__.islower():  # specs call classes by names with a capital letter
        return english("{name} is a class, where a function is asked for", name=kind.__name__)
    # Python mangles a misspelt name such as __init_ to _Affine__init_.
    names = [name.removeprefix(f"_{kind.__name__}") for name in vars(kind)]
    near = next((name for name in names if name.strip("_") in ("init", "int", "inti")), "")
    if near:
        return english("the constructor is called __init__; the class has {name}", name=near)
    return english("the class has no __init__")
