"""What an exception in a learner's code is most likely due to: a typo, a missing word.

The worker uses it, and a learner's own pytest. It looks at names only, and calls nothing of hers
but what describes a function. What it says crosses as text.
"""

import builtins
import difflib
import inspect
import types
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from grader.messages.message import Text, english

BLANK = "___"


def call(function: Any, args: tuple[Any, ...], named: Mapping[str, Any]) -> Any:
    """Call a function of the learner: in this frame, a call that does not fit is recognised."""
    return function(*args, **named)


def clue(error: BaseException) -> Text:
    """Say what may be behind an exception.

    Parameters
    ----------
    error : BaseException
        The exception.

    Returns
    -------
    str or Message
        One sentence, or nothing where nothing can be said.
    """
    with suppress(Exception):  # whatever her objects do when they are looked at
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
        if isinstance(error, TypeError) and frame is not None and frame.f_code is call.__code__:
            return _of_call(frame.f_locals["function"], frame.f_locals["args"])
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
    """What an object, a class or a module has, without asking it."""
    kinds = (*type(thing).__mro__, *(thing.__mro__ if isinstance(thing, type) else ()))
    return [*_attributes(thing), *(name for kind in kinds for name in vars(kind))]


def _near(name: str, names: Iterable[str]) -> str:
    known = [one for one in names if isinstance(one, str) and one != name]
    same = [one for one in known if one.lower() == name.lower()]
    return next(iter(same or difflib.get_close_matches(name, known, n=1, cutoff=0.7)), "")


def _of_call(function: object, args: tuple[Any, ...]) -> Text:
    """What is wrong with how her function is declared, if it was never entered."""
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


def _of_constructor(kind: type) -> Text:
    if any("__init__" in vars(one) for one in kind.__mro__[:-1]):
        return ""
    # Within a class, Python puts the name of the class before a name that begins like __init_.
    names = [name.removeprefix(f"_{kind.__name__}") for name in vars(kind)]
    near = next((name for name in names if name.strip("_") in ("init", "int", "inti")), "")
    if near:
        return english("the constructor is called __init__; the class has {name}", name=near)
    return english("the class has no __init__")


def same_word(name: str, owner: object) -> str:
    """The attribute whose name differs from one only in capitals and underscores.

    Parameters
    ----------
    name : str
        The name that was expected.
    owner : object
        An object of hers.

    Returns
    -------
    str
        Its name, if it has a value; or nothing.
    """

    def bare(text: str) -> str:
        return text.replace("_", "").lower()

    return next(
        (
            one
            for one, value in _attributes(owner).items()
            if isinstance(one, str)
            and one != name
            and bare(one) == bare(name)
            and value is not None
        ),
        "",
    )


def shared_state(objects: Iterable[object], modules: Mapping[str, types.ModuleType]) -> Text:
    """Say which array is shared by objects that should have one each.

    Parameters
    ----------
    objects : iterable of object
        Hers.
    modules : mapping of str to module
        Her modules, by the name of their file.

    Returns
    -------
    str or Message
        One sentence, or nothing if there is no such array.
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
