"""Formats values for learners: type, shape and a few elements."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from grader.messages.message import Message, Text, cut, english, joined
from grader.transport.student import Handle
from grader.worker import wire

MAX_WIDTH = 64
MAX_LINES = 12
MAX_DEPTH = 2


def show(value: Any, first: tuple[int, ...] = ()) -> Text:
    """Format a value for a learner: its type, shape and content.

    Parameters
    ----------
    value : object
        Any value of a spec or of the learner's code.
    first : tuple of int, optional
        Index of a number that is to be seen. Of more than three axes, only the last two are shown,
        as one image of a batch.

    Returns
    -------
    str or Message
        One or several lines, few enough for a screen.
    """
    lines = _array_lines(value, first) if isinstance(value, np.ndarray) else _lines(value, 0)
    return joined(lines, by="\n")


def _lines(value: Any, depth: int) -> list[Text]:
    match value:
        case None:
            return ["None"]
        case Message():  # a spec may describe in words what it expects
            return [value]
        case wire.Opaque():
            return [_cut(value.description)]
        case Handle():
            return [_cut(english("an object of type {kind}", kind=value._kind))]
        case np.ndarray():
            return _array_lines(value)
        case np.generic():
            return [f"{value.item()!r}"]
        case tuple() | list() | dict():
            return list(_container_lines(value, depth))
    return [_cut(repr(value))]


def _array_lines(array: np.ndarray, first: tuple[int, ...] = ()) -> list[Text]:
    if array.ndim == 0:
        shape = english("{dtype}, shape {shape}", dtype=array.dtype, shape="()")
        return [joined([shape, f": {array[()]!s}"])]
    shape = english("{dtype}, shape {shape}", dtype=array.dtype, shape=array.shape)
    shown = array
    if array.ndim > 3 and array.size:
        image = (first or (0,) * array.ndim)[:-2]
        shown = array[image]
        if max(array.shape[:-2]) > 1:
            place = ", ".join(map(str, image))
            shape = english(
                "{dtype}, shape {shape}; at [{place}]:",
                dtype=array.dtype,
                shape=array.shape,
                place=place,
            )
    if shown.dtype.kind == "f":
        shown = shown + 0.0  # no -0
    text = np.array2string(shown, precision=6, threshold=60, edgeitems=3, max_line_width=64)
    lines = text.splitlines()
    return [shape, *(lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "..."])]


def _cut(text: Text) -> Text:
    short = cut(text, MAX_WIDTH)
    return text if short is text else f"{str(short)[: MAX_WIDTH - 3]}..."


def _container_lines(value: Any, depth: int) -> Iterator[Text]:
    kind = type(value).__name__
    if not value:
        yield english("an empty {kind}", kind=kind)
        return
    named = value.items() if isinstance(value, dict) else enumerate(value)
    first = english("a {kind} of {number}", kind=kind, number=len(value))
    if depth >= MAX_DEPTH:
        yield joined([first, " ..."])
        return
    yield first
    for key, item in list(named)[:4]:
        top, *rest = _lines(item, depth + 1)
        yield joined([f"[{_cut(repr(key))}] ", top])
        yield from (joined(["  ", line]) for line in rest)
    if len(value) > 4:
        yield "..."
