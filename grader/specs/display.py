"""Formats values for learners: type, shape and a few elements."""

from typing import Any

import numpy as np

from grader.messages.language import retell, say
from grader.transport.student import Handle
from grader.worker import wire

MAX_WIDTH = 64
MAX_LINES = 12
MAX_DEPTH = 2


def show(value: Any, depth: int = 0) -> str:
    """Format a value for a learner: its type, shape and content.

    Parameters
    ----------
    value : object
        Any value of a spec or of the learner's code.
    depth : int, default 0
        Number of containers around the value. Below `MAX_DEPTH`, contents are left out.

    Returns
    -------
    str
        One or several lines, few enough for a screen.
    """
    match value:
        case None:
            return "None"
        case wire.Opaque():
            return _cut(retell(value.description))
        case Handle():
            return _cut(say("an object of type {kind}", kind=value._kind))
        case np.ndarray() if value.ndim == 0:
            shape = say("{dtype}, shape {shape}", dtype=value.dtype, shape="()")
            return f"{shape}: {value[()]!s}"
        case np.ndarray():
            shown = value if value.ndim <= 3 else value.reshape(-1)
            text = np.array2string(shown, precision=6, threshold=60, edgeitems=3, max_line_width=64)
            shape = say("{dtype}, shape {shape}", dtype=value.dtype, shape=value.shape)
            return f"{shape}\n{_cut_lines(text)}"
        case np.generic():
            return f"{value.item()!r}"
        case tuple() | list() | dict():
            return _show_container(value, depth)
    return _cut(repr(value))


def _cut(text: str) -> str:
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 3]}..."


def _cut_lines(text: str) -> str:
    lines = text.splitlines()
    return "\n".join(lines if len(lines) <= MAX_LINES else [*lines[:MAX_LINES], "..."])


def _show_container(value: Any, depth: int) -> str:
    if not value:
        return say("an empty {kind}", kind=type(value).__name__)
    named = value.items() if isinstance(value, dict) else enumerate(value)
    lines = [say("a {kind} of {number}", kind=type(value).__name__, number=len(value))]
    if depth >= MAX_DEPTH:
        return f"{lines[0]} ..."
    for key, item in list(named)[:4]:
        text = show(item, depth + 1).replace("\n", "\n  ")
        lines.append(f"[{_cut(repr(key))}] {text}")
    if len(value) > 4:
        lines.append("...")
    return "\n".join(lines)
