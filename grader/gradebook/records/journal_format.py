"""The format of a journal: a header, and a line of JSON for each verdict and decision."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import Any

from grader.errors import CommandError
from grader.gradebook.marks import (
    Arrival,
    Attempt,
    Lateness,
    ManualMark,
    Publication,
)
from grader.gradebook.records.identity import Identity, Renaming
from grader.messages.message import Message, pack, unpack
from grader.verdicts.codec import build, plain_of, verdict_from
from grader.verdicts.verdict import Verdict

SCHEMA = 5
READABLE = (2, 3, 4, 5)
"""Schemas that can be read. In schema 2, texts are plain strings, which are not translated.

Before schema 4, verdicts have no feedback: learners are then shown outcomes without details.
Before schema 5, the header has the path of the class only, nobody has identifiers, and verdicts do
not say what they are based on: all were judged.
"""

SEVERAL = ""
"""Used in a header in place of the name of the only exercise."""

Decision = ManualMark | Publication | Arrival | Lateness | Attempt | Identity | Renaming
"""The content of a journal line that is not a verdict."""

_KINDS: dict[str, type[Decision]] = {
    "mark": ManualMark,
    "publication": Publication,
    "arrival": Arrival,
    "late": Lateness,
    "attempt": Attempt,
    "person": Identity,
    "renamed": Renaming,
}


class JournalError(CommandError):
    """The journal cannot be used. It has not been changed."""


@dataclass(frozen=True)
class Header:
    """The first line of a journal: which class and which exercise it is of.

    Attributes
    ----------
    source : str
        Path of the class.
    exercise : str or None, default None
        Name of the only exercise; `SEVERAL` for several; None if the header does not say.
    assignment : str, default ""
        Title of the assignment on the platform; empty if none was named yet.
    version : int
        Schema of the file.
    """

    source: str
    exercise: str | None = None
    assignment: str = ""
    version: int = SCHEMA

    def line(self) -> bytes:
        """Return the line that says so, in the current schema."""
        told: dict[str, Any] = {"journal": SCHEMA, "class": self.source}
        if self.exercise is not None:
            told["exercise"] = self.exercise
        if self.assignment:
            told["assignment"] = self.assignment
        return line_of(told)


@dataclass(frozen=True)
class Line:
    """A line of a journal.

    Attributes
    ----------
    at : str
        When the line was written, in ISO 8601, UTC.
    content : Verdict or Decision
        A verdict or decision on one submission.
    """

    at: str
    content: Verdict | Decision


def line_of(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as a line of a journal."""
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def verdict_line(verdict: Verdict, at: str, seconds: float) -> bytes:
    """Return the line of a verdict.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    at : str
        When it was found.
    seconds : float
        How long judging took.
    """
    return line_of({"at": at, "seconds": round(seconds, 3), "verdict": plain_of(verdict)})


def decision_line(decision: Decision) -> bytes:
    """Return the line of a decision."""
    (kind,) = (name for name, made in _KINDS.items() if isinstance(decision, made))
    content = {
        key: pack(value) if isinstance(value, Message) else value
        for key, value in vars(decision).items()
        if key != "at"
    }
    return line_of({"at": decision.at, kind: content})


def whole_lines(content: bytes) -> bytes:
    """Return the content up to its last complete line; the last one may be cut off."""
    return content[: content.rfind(b"\n") + 1] or content


def read_whole(path: Path) -> bytes:
    """Read a journal up to its last complete line, as another grader may be writing to it.

    Raises
    ------
    JournalError
        If the file does not exist or cannot be read.
    """
    try:
        return whole_lines(path.read_bytes())
    except FileNotFoundError:
        raise JournalError(
            f"{path}: there is no such journal; expected the file of --journal"
        ) from None
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror or error}") from None


def read_journal(path: Path, content: bytes) -> tuple[Header, list[Line]]:
    """Parse the content of a journal.

    Parameters
    ----------
    path : Path
        File of the journal, for error messages.
    content : bytes
        Content of the file, up to the end of a line.

    Returns
    -------
    header : Header
        Which class the journal is of.
    lines : list of Line
        In the order in which they were written, with the names that submissions have now.

    Raises
    ------
    JournalError
        If the content is not a journal, or a line is damaged.
    """
    first, *rest = content.splitlines() or [b""]
    header = _read_header(path, first)
    lines: list[Line] = []
    judged: set[str] = set()
    for number, text in enumerate(rest, 2):
        try:
            line = _read_line(json.loads(text), judged)
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise JournalError(
                f"{path}, line {number}, is damaged ({type(error).__name__}: {error}); put the "
                "file aside, or delete that line: its submission is then judged again"
            ) from None
        lines = after(lines, line)
    return header, lines


def after(lines: list[Line], line: Line) -> list[Line]:
    """Append a line, and if it renames a submission, rename it in all lines before.

    Parameters
    ----------
    lines : list of Line
        The lines before; it may be modified.
    line : Line
        The next line.
    """
    if isinstance(line.content, Renaming):
        before, name = line.content.before, line.content.name
        lines = [
            replace(one, content=replace(one.content, name=name))
            if one.content.name == before
            else one
            for one in lines
        ]
    lines.append(line)
    return lines


def _read_header(path: Path, first: bytes) -> Header:
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("class"), str):
        raise JournalError(f"{path} is not a journal of this grader; name another file")
    if found.get("journal") not in READABLE:
        raise JournalError(
            f"{path} is a journal of version {found.get('journal')}, where {SCHEMA} is expected; "
            "use the grader that wrote it, or name another file"
        )
    exercise, assignment = found.get("exercise"), found.get("assignment", "")
    if not isinstance(exercise, str | None) or not isinstance(assignment, str):
        raise JournalError(f"{path}, line 1, is damaged; put the file aside")
    return Header(found["class"], exercise, assignment, found["journal"])


def _read_line(content: Any, judged: set[str]) -> Line:
    """Parse a line. A decision must be about a submission that an earlier line judged."""
    at = content["at"]
    if not isinstance(at, str):
        raise TypeError(f"at is {type(at).__name__}")
    if "verdict" in content:
        verdict = verdict_from(content["verdict"])
        judged.add(verdict.name)
        return Line(at, verdict)
    (kind,) = content.keys() & _KINDS
    told = content[kind]
    if kind == "late":
        told = {**told, "reason": unpack(told["reason"])}
    if kind == "person":
        told = {**told, "ids": _texts(told["ids"])}
    decision = build(_KINDS[kind], {**told, "at": at})
    _check(decision)
    subject = decision.before if isinstance(decision, Renaming) else decision.name
    if subject not in judged:
        raise ValueError("no earlier line has a verdict on that submission")
    if isinstance(decision, Renaming):
        judged.remove(decision.before)
        judged.add(decision.name)
    return Line(at, decision)


def _texts(content: Any) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(text, str) for text in content):
        raise TypeError("what should be a list of texts is none")
    return tuple(content)


def _check(decision: Decision) -> None:
    """Check the values that have the right type, but make no sense."""
    match decision:
        case ManualMark(points=points) if points is not None:
            if type(points) not in (int, float) or not isfinite(points):
                raise TypeError(f"points is {type(points).__name__}")
            if points < 0:
                raise ValueError("points are negative")
        case Arrival():
            datetime.fromisoformat(decision.handed_in)
        case Lateness() if not 0 <= decision.percent <= 100:
            raise ValueError("a percentage is negative, or above 100")


def judged_names(lines: Sequence[Line]) -> list[str]:
    """Return the names of the submissions that have a verdict, in the order of the first one."""
    return list(dict.fromkeys(one.content.name for one in lines))
