"""Finds in the objects of a spec that has failed what its values do not show."""

import types
from collections.abc import Iterable, Mapping

import numpy as np

from grader.messages.message import Text, english
from grader.worker.hints.missing import attributes, own_methods, set_attributes
from grader.worker.hints.near_names import misspelt, nearest


def set_elsewhere(objects: Iterable[object]) -> Text:
    """Find an attribute that is None while another of nearly the same name was set.

    Parameters
    ----------
    objects : iterable of object
        Objects of the learner.

    Returns
    -------
    str or Message
        One sentence, or an empty string if there is no such attribute.
    """
    for thing in objects:
        unset = [name for name, value in attributes(thing).items() if value is None]
        others = set_attributes(thing) if unset else ()
        for name in unset:
            near = misspelt(name, others)
            if near:
                return english(
                    "{name} of {kind} is None; {near} was set: is that the one?",
                    name=name,
                    kind=type(thing).__name__,
                    near=near,
                )
    return ""


def inherited_instead(objects: Iterable[object]) -> Text:
    """Find a method of a base class that was meant to be replaced by one of another name.

    Parameters
    ----------
    objects : iterable of object
        Objects of the learner.

    Returns
    -------
    str or Message
        One sentence, or an empty string if there is no such method.
    """
    for kind in dict.fromkeys(map(type, objects)):
        inherited = {name for base in kind.__mro__[1:-1] for name in own_methods(base)}
        own = own_methods(kind)
        new = [name for name in own if name not in inherited]
        for name in sorted(inherited.difference(own)):
            near = nearest(name, new)
            if near:
                return english(
                    "{who} has no {name}; it has {near}: is that the one?",
                    who=kind.__name__,
                    name=name,
                    near=near,
                )
    return ""


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
