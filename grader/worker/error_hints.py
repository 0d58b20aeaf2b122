"""Hints at the likely cause of an exception in a learner's code: a typo, a missing word.

Used by the worker and by a learner's own pytest. Only names are examined; no code of the learner is
called, except by `inspect.signature`. Hints cross the wire as text.
"""

import builtins
import difflib
import inspect
import re
import types
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from grader.messages.message import Text, english
from grader.worker.loading.imports import offer_of

BLANK = "___"

_KEYWORD = re.compile(
    r"(?P<function>[\w.]+)\(\) got an unexpected keyword argument '(?P<keyword>\w+)'"
)


def call(function: Any, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """Call a function of the learner.

    A TypeError whose innermost frame is this one means that the arguments did not match.
    """
    return function(*args, **named)


def error_hint(error: BaseException) -> Text:
    """Return a hint at the likely cause of an exception.

    Parameters
    ----------
    error : BaseException
        An exception raised by a learner's code, with its traceback.

    Returns
    -------
    str or Message
        One sentence, or an empty string if there is no hint.
    """
    with suppress(Exception):  # the learner's objects may raise anything when they are examined
        frame = _innermost(error)
        if isinstance(error, NameError) and frame is not None:
            return _of_name(str(error.name), frame)
        if (
            isinstance(error, AttributeError)
            and frame is not None
            and frame.f_code is not call.__code__
        ):
            near = _near(str(error.name), _names_of(error.obj))
            return english("did you mean {name}?", name=near) if near else ""
        if isinstance(error, TypeError) and frame is not None:
            if frame.f_code is call.__code__:
                return _of_call(frame.f_locals["function"], frame.f_locals["args"])
            return _of_keyword(str(error), frame)
    return ""


def _innermost(error: BaseException) -> types.FrameType | None:
    frame, traceback = None, error.__traceback__
    while traceback is not None:
        frame, traceback = traceback.tb_frame, traceback.tb_next
    return frame


def _of_name(name: str, frame: types.FrameType) -> Text:
    if name.startswith(BLANK):
        return english("a blank ___ is still to be filled in")
    if name == "np":
        return english("is `import numpy as np` missing at the top?")
    home = offer_of(frame).home_of(name)
    if home and home != frame.f_globals.get("__name__"):
        return english("is `from {home} import {name}` missing at the top?", home=home, name=name)
    own = _attributes(frame.f_locals.get("self"))
    if name in own:
        return english("did you mean {name}?", name=f"self.{name}")
    near = _near(name, [*frame.f_locals, *frame.f_globals, *vars(builtins)])
    if near:
        return english("did you mean {name}?", name=near)
    near = _near(name, own)
    return english("did you mean {name}?", name=f"self.{near}") if near else ""


def _attributes(thing: object) -> Mapping[str, Any]:
    try:
        found = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return found if isinstance(found, dict) else {}


def _names_of(thing: object) -> Iterable[str]:
    """Return the attribute names of an object, class or module, without running its code."""
    kinds = (*type(thing).__mro__, *(thing.__mro__ if isinstance(thing, type) else ()))
    return [*_attributes(thing), *(name for kind in kinds for name in vars(kind))]


def _near(name: str, names: Iterable[str]) -> str:
    known = [other for other in names if isinstance(other, str) and other != name]
    same = [other for other in known if other.lower() == name.lower()]
    return next(iter(same or difflib.get_close_matches(name, known, n=1, cutoff=0.7)), "")


def _of_call(function: object, args: tuple[Any, ...]) -> Text:
    """Return a hint at a signature that does not match the call."""
    if isinstance(function, type):
        return _of_constructor(function)
    written = getattr(function, "__func__", function)
    if not isinstance(written, types.FunctionType):
        return ""
    declared = list(inspect.signature(written).parameters)
    head = f"def {written.__name__}({', '.join(declared)})"
    if written is not function and declared[:1] != ["self"]:
        return english("is `self` missing in `{head}`?", head=head)
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
    near = _near(match["keyword"], inspect.signature(called).parameters)
    return english("did you mean {name}?", name=near) if near else ""


def _of_constructor(kind: type) -> Text:
    if any("__init__" in vars(base) for base in kind.__mro__[:-1]):
        return ""
    # Python mangles a misspelt name such as __init_ to _Affine__init_.
    names = [name.removeprefix(f"_{kind.__name__}") for name in vars(kind)]
    near = next((name for name in names if name.strip("_") in ("init", "int", "inti")), "")
    if near:
        return english("the constructor is called __init__; the class has {name}", name=near)
    return english("the class has no __init__")


def same_word(name: str, owner: object) -> str:
    """Find an attribute whose name differs from a name only in case and underscores.

    Parameters
    ----------
    name : str
        The expected name.
    owner : object
        An object of the learner.

    Returns
    -------
    str
        Name of an attribute that is not None, or an empty string.
    """

    def bare(text: str) -> str:
        return text.replace("_", "").lower()

    return next(
        (
            other
            for other, value in _attributes(owner).items()
            if isinstance(other, str)
            and other != name
            and bare(other) == bare(name)
            and value is not None
        ),
        "",
    )


def shared_state(objects: Iterable[object], modules: Mapping[str, types.ModuleType]) -> Text:
    """Find an array that is shared by objects which should each have their own.

    Parameters
    ----------
    objects : iterable of object
        Objects of the learner.
    modules : mapping of str to module
        The learner's modules by file name.

    Returns
    -------
    str or Message
        One sentence in English, or an empty string if there is no such array.
    """
    for kind in dict.fromkeys(map(type, objects)):
        for name, value in vars(kind).items():
            if isinstance(value, np.ndarray):
                return english(
                    "{name} lies in the class {kind}: all its objects share it",
                    name=name,
                    kind=kind.__name__,
                )
    for file, module in modules.items():
        for name, value in vars(module).items():
            if isinstance(value, np.ndarray):
                return english(
                    "{name} is a global of {file}: all objects share it", name=name, file=file
                )
    return ""
