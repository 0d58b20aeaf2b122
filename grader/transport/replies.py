"""Validates what a worker sent, before any other code uses it."""

from typing import Any

from grader.worker.exception_report import (
    MAX_CODE,
    MAX_FRAMES,
    MAX_MESSAGE,
    ExceptionReport,
    TracebackLine,
)


class NoReply(Exception):
    """The worker sent an invalid reply."""


def read_reply(reply: Any, sequence: int) -> dict[str, Any]:
    """Check that a message is a valid reply to request number `sequence`; it may be anything."""
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
            return {"error": _read_report(error), "output": reply["output"]}
    raise NoReply("an answer of no known form")


def _read_report(error: Any) -> ExceptionReport:
    match error:
        case {"type": str(kind), "message": str(message), "frames": list(frames), **rest}:
            imported, importing = (
                text[:MAX_CODE] if isinstance(text := rest.get(key), str) else None
                for key in ("imported", "importing")
            )
            read = tuple(map(_read_frame, frames[:MAX_FRAMES]))
            hint = text[:MAX_CODE] if isinstance(text := rest.get("hint"), str) else ""
            return ExceptionReport(
                kind[:MAX_CODE], message[:MAX_MESSAGE], read, imported, importing, hint
            )
    raise NoReply("an exception of no known form")


def _read_frame(frame: Any) -> TracebackLine:
    match frame:
        case {"file": str(file), "line": int(line), "code": str(code), "module": str(module)}:
            column = number if type(number := frame.get("column")) is int else 0
            column = max(0, min(column, MAX_CODE))
            return TracebackLine(file[:MAX_CODE], line, code[:MAX_CODE], module[:MAX_CODE], column)
    raise NoReply("a traceback of no known form")
