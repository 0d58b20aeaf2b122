"""The journal: a file of verdicts and decisions from which an interrupted run continues.

Each verdict, mark set by hand and publication is appended as a line and forced to the disk at once.
Lines are never changed; of several verdicts on one submission, the last one counts. Durations and
times are stored here and not in verdicts, so that verdicts are the same in every run.
"""

import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from filelock import FileLock, Timeout

from grader.errors import CommandError
from grader.files import force_folder, write_atomically
from grader.gradebook.marks import (
    Arrival,
    Attempt,
    Decision,
    Lateness,
    ManualMark,
    Publication,
)
from grader.messages.listing import listed
from grader.messages.message import Message, pack, unpack
from grader.verdicts.codec import build, plain_of, verdict_from
from grader.verdicts.verdict import Verdict

SCHEMA = 4
READABLE = (2, 3, 4)
"""Schemas that can be read. In schema 2, texts are plain strings, which are not translated.

Before schema 4, verdicts have no feedback: learners are then shown outcomes without details.
"""

_KINDS: dict[str, type[Decision]] = {
    "mark": ManualMark,
    "publication": Publication,
    "arrival": Arrival,
    "late": Lateness,
    "attempt": Attempt,
}

_T = TypeVar("_T")


class JournalError(CommandError):
    """The journal cannot be used. It has not been changed."""


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


class Journal:
    """The journal of one class, a context manager that locks the file while it is open.

    Parameters
    ----------
    path : Path
        File of the journal; created on entry if it does not exist.
    source : Path
        Path of the class. A journal belongs to one class.

    Attributes
    ----------
    path, source : Path
        As given.
    verdicts : dict of str to Verdict
        The last verdict on each submission, by name of the submission.
    lines : list of Line
        All lines of the file.
    """

    def __init__(self, path: Path, source: Path) -> None:
        self.path = path
        self.source = source
        self._header = _header(str(source))
        self._lock = FileLock(path.with_name(f"{path.name}.lock"), timeout=0)
        self.verdicts: dict[str, Verdict] = {}
        self.lines: list[Line] = []

    @classmethod
    def existing(cls, path: Path) -> Self:
        """Return the journal in a file, of whichever class it is.

        Raises
        ------
        JournalError
            If the file does not exist, is not a journal, or is damaged.
        """
        header, _ = read_journal(path, read_whole(path))
        return cls(path, Path(header["class"]))

    def __enter__(self) -> Self:
        with self._telling():
            self._file = self.path.open("a+b")
        try:
            self._lock.acquire()
            with self._telling():
                self._open()
        except Timeout:
            self._file.close()
            raise JournalError(
                f"{self.path}: another grader is at work on this journal; wait until it is done, "
                "or name another one with --journal"
            ) from None
        except BaseException:
            self._file.close()
            self._lock.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()
        self._lock.release()

    def add(self, verdict: Verdict, seconds: float) -> None:
        """Append a verdict. It is on the disk when this returns.

        Parameters
        ----------
        verdict : Verdict
            Replaces an earlier verdict on the submission in `verdicts`.
        seconds : float
            How long judging took.
        """
        at = now()
        self._append({"at": at, "seconds": round(seconds, 3), "verdict": plain_of(verdict)})
        self._keep(Line(at, verdict))

    def decide(self, decision: Decision) -> None:
        """Append a decision. It is on the disk when this returns.

        Parameters
        ----------
        decision : Decision
            A decision on a submission that has a verdict.
        """
        (kind,) = (name for name, made in _KINDS.items() if isinstance(decision, made))
        content = {
            key: pack(value) if isinstance(value, Message) else value
            for key, value in vars(decision).items()
            if key != "at"
        }
        self._append({"at": decision.at, kind: content})
        self._keep(Line(decision.at, decision))

    def verdict_on(self, name: str, submission: str) -> Verdict | None:
        """Return the last verdict on an attempt; None if there is none.

        Parameters
        ----------
        name : str
            Name of the submission.
        submission : str
            Hash of the attempt.
        """
        verdicts = (line.content for line in reversed(self.lines))
        found = (one for one in verdicts if isinstance(one, Verdict) and one.name == name)
        return next((one for one in found if one.submission == submission), None)

    def _keep(self, line: Line) -> None:
        self.lines.append(line)
        if isinstance(line.content, Verdict):
            self.verdicts[line.content.name] = line.content

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise JournalError(f"{self.path}: {error.strerror or error}") from None

    def _open(self) -> None:
        self._file.seek(0)
        content = self._file.read()
        begun = (_line({**self._header, "journal": version}) for version in READABLE)
        if any(line.startswith(content) for line in begun):  # new, or cut off
            self._file.truncate(0)
            self._append(self._header)
            force_folder(self.path.parent)
            return
        whole = content[: content.rfind(b"\n") + 1] or content
        if self._read(whole) == SCHEMA:
            self._file.truncate(len(whole))  # drop a cut-off last line
        else:
            self._renew(whole)

    def _renew(self, whole: bytes) -> None:
        """Let a journal of an older version say that it holds lines of this one from now on."""
        _, *lines = whole.splitlines(keepends=True)
        mode = stat.S_IMODE(self.path.stat().st_mode)
        self._file.close()
        write_atomically(self.path, b"".join([_line(self._header), *lines]), mode, durable=True)
        self._file = self.path.open("a+b")

    def _append(self, entry: Mapping[str, Any]) -> None:
        with self._telling():
            self._file.write(_line(entry))
            self._file.flush()
            os.fsync(self._file.fileno())

    def _read(self, content: bytes) -> int:
        """Keep what is in it, and answer with its version."""
        header, lines = read_journal(self.path, content)
        if header["class"] != self._header["class"]:
            raise JournalError(
                f"{self.path} is the journal of {header['class']}, not of {self._header['class']}; "
                "name another one with --journal"
            )
        for line in lines:
            self._keep(line)
        return int(header["journal"])


def now() -> str:
    """Return the current time as it is written in a journal: ISO 8601, UTC, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def read_whole(path: Path) -> bytes:
    """Read a journal up to its last complete line, as another grader may be writing to it.

    Raises
    ------
    JournalError
        If the file does not exist or cannot be read.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise JournalError(
            f"{path}: there is no such journal; expected the file of --journal"
        ) from None
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror or error}") from None
    return content[: content.rfind(b"\n") + 1] or content


def read_journal(path: Path, content: bytes) -> tuple[dict[str, Any], list[Line]]:
    """Parse the content of a journal.

    Parameters
    ----------
    path : Path
        File of the journal, for error messages.
    content : bytes
        Content of the file, up to the end of a line.

    Returns
    -------
    header : dict
        Version of the format (``"journal"``) and path of the class (``"class"``).
    lines : list of Line
        In the order in which they were written.

    Raises
    ------
    JournalError
        If the content is not a journal, or a line is damaged.
    """
    first, *rest = content.splitlines() or [b""]
    header = _parse(first)
    if not isinstance(header, dict) or not isinstance(header.get("class"), str):
        raise JournalError(f"{path} is not a journal of this grader; name another file")
    if header.get("journal") not in READABLE:
        raise JournalError(
            f"{path} is a journal of version {header.get('journal')}, where {SCHEMA} is expected; "
            "use the grader that wrote it, or name another file"
        )
    lines: list[Line] = []
    judged: set[str] = set()
    for number, text in enumerate(rest, 2):
        try:
            lines.append(_read_line(json.loads(text), judged))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            raise JournalError(
                f"{path}, line {number}, is damaged ({type(error).__name__}: {error}); put the "
                "file aside, or delete that line: its submission is then judged again"
            ) from None
    return header, lines


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
    decision = build(_KINDS[kind], {**told, "at": at})
    if isinstance(decision, ManualMark) and decision.points is not None and decision.points < 0:
        raise ValueError("points are negative")
    if isinstance(decision, Arrival):
        datetime.fromisoformat(decision.handed_in)
    if isinstance(decision, Lateness) and not 0 <= decision.percent <= 100:
        raise ValueError("a percentage is negative, or above 100")
    if decision.name not in judged:
        raise ValueError("no earlier line has a verdict on that submission")
    return Line(at, decision)


def erase(path: Path, name: str) -> int:
    """Remove all lines about a submission from a journal.

    The file is replaced atomically: if this is killed, either the old or the new journal is there.

    Parameters
    ----------
    path : Path
        File of the journal.
    name : str
        Name of the submission.

    Returns
    -------
    int
        Number of lines removed.

    Raises
    ------
    JournalError
        If the file is not a journal, is damaged or in use, or has no line about the submission.
    """
    if not path.is_file():
        raise JournalError(f"{path}: there is no such journal; expected the file of --journal")
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=0):
            return _erase(path, name)
    except Timeout:
        raise JournalError(
            f"{path}: a grader is at work on this journal; wait until it is done"
        ) from None
    except OSError as error:
        raise JournalError(f"{path}: {error.strerror or error}") from None


def _erase(path: Path, name: str) -> int:
    content = path.read_bytes()
    whole = content[
        : content.rfind(b"\n") + 1
    ]  # an incomplete line goes, as it may be about anyone
    _, read = read_journal(path, whole)
    header, *lines = whole.splitlines(keepends=True)
    kept = [line for line, one in zip(lines, read, strict=True) if one.content.name != name]
    if len(kept) == len(lines):
        names = listed(sorted({one.content.name for one in read}))
        raise JournalError(
            f"{path}: nothing in it is about {name!r}; names are those of submissions: {names}"
        )
    mode = stat.S_IMODE(path.stat().st_mode)
    write_atomically(path, b"".join([header, *kept]), mode, durable=True)
    return len(lines) - len(kept)


def first_line(source: str) -> bytes:
    """Return the header line of a journal.

    Parameters
    ----------
    source : str
        Path of the class.
    """
    return _line(_header(source))


def _header(source: str) -> dict[str, Any]:
    return {"journal": SCHEMA, "class": source}


def _line(entry: Mapping[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


def _parse(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
