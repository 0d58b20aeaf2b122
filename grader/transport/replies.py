"""Validates what a worker sent, before any other code uses it."""

import os
from collections.abc import Mapping
from typing import Any

from grader.messages.message import Message, Text, cut
from grader.worker.exception_report import (
    MAX_CODE,
    MAX_FRAMES,
    ExceptionReport,
    TracebackLine,
)
from grader.worker.hints.missing import KINDS, Missing, bounded
from grader.worker.source import Source
from grader.worker.wire import MAX_MESSAGE


class NoReply(Exception):
    """The worker sent an invalid reply."""


def read_reply(reply: Any, sequence: int, sources: Mapping[str, Source]) -> dict[str, Any]:
    """Check that a message is a valid reply to a request.

    Parameters
    ----------
    reply : object
        The message, which may be anything.
    sequence : int
        Number of the request.
    sources : mapping of str to Source
        The modules of the submission by name, in which exceptions are raised.

    Returns
    -------
    dict
        The reply; its ``error``, if there is one, is an `ExceptionReport`. It says whether that
        ``is_forged``: it claims what cannot be.

    Raises
    ------
    NoReply
        If it is none.
    """
    match reply:
        case {"id": int(number), "output": str(), **content} if number == sequence:
            pass
        case _:
            raise NoReply("an answer to another question")
    match content:
        case {"answer": _} if len(content) == 1:
            return dict(reply)
        case {"answers": list(answers)} if answers and len(content) == 1:
            return dict(reply)
        case {"callback": int(), "args": tuple(), "kwargs": dict(kwargs)} if len(content) == 3:
            if all(isinstance(key, str) for key in kwargs):
                return dict(reply)
        case {"error": error} if len(content) == 1:
            return {**_read_report(error, sources), "output": reply["output"]}
    raise NoReply("an answer of no known form")


def _read_report(error: Any, sources: Mapping[str, Source]) -> dict[str, Any]:
    match error:
        case {
            "type": str(kind),
            "message": str() | Message() as message,
            "frames": list(frames),
            **rest,
        }:
            listed = tuple(map(_read_frame, frames[:MAX_FRAMES]))
            read = tuple(frame for frame in listed if _exists(frame, sources))
            imported, importing = (
                text[:MAX_CODE] if isinstance(text := rest.get(key), str) else None
                for key in ("imported", "importing")
            )
            if kind == "ModuleNotFoundError" and imported in sources:
                imported = None  # which is the learner's own text too
            if importing not in {os.path.basename(f) for s in sources.values() for f in s.parts()}:
                importing = None
            hint: Text = text if isinstance(text := rest.get("hint"), str | Message) else ""
            told, hint = cut(message, MAX_MESSAGE), cut(hint, MAX_CODE)
            unset = text[:MAX_CODE] if isinstance(text := rest.get("unset"), str) else ""
            missing = _read_missing(rest.get("missing"))
            report = ExceptionReport(
                kind[:MAX_CODE], told, read, imported, importing, hint, unset, missing
            )
            return {"error": report, "is_forged": read != listed}
    raise NoReply("an exception of no known form")


def _read_missing(missing: Any) -> Missing | None:
    match missing:
        case None:
            return None
        case {"owner": str(owner), "name": str(name), "kind": str(kind), "names": tuple(names)}:
            if kind in KINDS:
                return Missing(owner[:MAX_CODE], name[:MAX_CODE], kind, bounded(names))
    raise NoReply("a missing name of no known form")


def _read_frame(frame: Any) -> TracebackLine:
    match frame:
        case {"file": str(file), "line": int(line), "code": str(code), "module": str(module)}:
            column = number if type(number := frame.get("column")) is int else 0
            column = max(0, min(column, MAX_CODE))
            return TracebackLine(file[:MAX_CODE], line, code[:MAX_CODE], module[:MAX_CODE], column)
    raise NoReply("a traceback of no known form")


def _exists(frame: TracebackLine, sources: Mapping[str, Source]) -> bool:
    """Return whether there is such a line in the submission; a worker can claim any."""
    parts = sources[frame.module].parts() if frame.module in sources else {}
    return any(
        os.path.basename(file) == frame.file and 1 <= frame.line <= _lines_of(text)
        for file, text in parts.items()
    )


def _lines_of(text: str) -> int:
    """Return the number of lines; a syntax error may be in the one after the last."""
    return len(text.splitlines()) + 1
