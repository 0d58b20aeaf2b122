"""The journal: a file of verdicts and decisions from which an interrupted run continues.

Each verdict, mark set by hand and publication is appended as a line and forced to the disk at once.
Lines are never changed; of several verdicts on one submission, the last one counts. Durations and
times are stored here and not in verdicts, so that verdicts are the same in every run.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from types import TracebackType
from typing import Self

from filelock import FileLock, Timeout

from grader.files import force_folder, write_atomically
from grader.gradebook.records.graded_class import GradedClass
from grader.gradebook.records.journal_format import (
    READABLE,
    Decision,
    Header,
    JournalError,
    Line,
    after,
    decision_line,
    line_of,
    read_journal,
    read_whole,
    verdict_line,
    whole_lines,
)
from grader.gradebook.records.naming import submission_in
from grader.verdicts.verdict import Verdict

__all__ = [
    "READABLE",
    "Header",
    "Journal",
    "JournalError",
    "Line",
    "erase",
    "now",
    "read_journal",
    "read_whole",
]

_FULL = (errno.ENOSPC, errno.EDQUOT)


class Journal:
    """The journal of one class, a context manager that locks the file while it is open.

    Parameters
    ----------
    path : Path
        File of the journal; created on entry if it does not exist.
    source : Path or GradedClass
        The class, or only its path. A journal belongs to one class and one selection of exercises.

    Attributes
    ----------
    path : Path
        As given.
    graded : GradedClass
        The class.
    header : Header
        What the journal says about its class; known once it is open.
    verdicts : dict of str to Verdict
        The last verdict on each submission, by name of the submission.
    lines : list of Line
        All lines of the file, with the names that submissions have now.
    """

    def __init__(self, path: Path, source: Path | GradedClass) -> None:
        self.path = path
        self.graded = GradedClass(source) if isinstance(source, Path) else source
        self.header = self.graded.header
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
        return cls(path, Path(header.source))

    @property
    def source(self) -> Path:
        """Path of the class."""
        return self.graded.source

    def __enter__(self) -> Self:
        with self._telling():
            self._file = self._opened()
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
        self._append(verdict_line(verdict, at, seconds))
        self._keep(Line(at, verdict))

    def decide(self, *decisions: Decision) -> None:
        """Append decisions, all at once. They are on the disk when this returns.

        Parameters
        ----------
        *decisions : Decision
            Decisions on submissions that have a verdict.
        """
        if decisions:
            self._append(b"".join(map(decision_line, decisions)))
        for decision in decisions:
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
        before = self.lines
        self.lines = after(before, line)
        if self.lines is not before:  # a submission has another name
            self.verdicts = {}
            for one in self.lines:
                self._keep_verdict(one)
        else:
            self._keep_verdict(line)

    def _keep_verdict(self, line: Line) -> None:
        if isinstance(line.content, Verdict):
            self.verdicts[line.content.name] = line.content

    @contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or str(error)
            if error.errno in _FULL:
                reason = (
                    f"the disk is full ({reason}); the verdicts in it are kept: make room there, "
                    "and run the same command again"
                )
            raise JournalError(f"{self.path}: {reason}") from None

    def _open(self) -> None:
        self._file.seek(0)
        content = self._file.read()
        if self._is_hardly_begun(content):
            self._file.truncate(0)
            self._append(self.header.line())
            force_folder(self.path.parent)
            return
        whole = whole_lines(content)
        first = whole.splitlines(keepends=True)[0]
        self._read(whole)
        if self.header.line() == first:
            self._file.truncate(len(whole))  # drop a cut-off last line
        else:
            self._renew(whole)

    def _is_hardly_begun(self, content: bytes) -> bool:
        """Return whether a file is new, or was cut off within the header of a journal like this."""
        source = {"class": self.header.source}
        begun = [line_of({"journal": version, **source}) for version in READABLE]
        return any(line.startswith(content) for line in (self.header.line(), *begun))

    def _renew(self, whole: bytes) -> None:
        """Write a header of this version, with what is known of the class now."""
        _, *lines = whole.splitlines(keepends=True)
        mode = stat.S_IMODE(self.path.stat().st_mode)
        self._file.close()
        write_atomically(self.path, b"".join([self.header.line(), *lines]), mode, durable=True)
        self._file = self._opened()

    def _opened(self) -> FileIO:
        # Without a buffer: what a full disk refused must not be written again on closing.
        return self.path.open("a+b", buffering=0)

    def _append(self, lines: bytes) -> None:
        with self._telling():
            while lines:
                lines = lines[os.write(self._file.fileno(), lines) :]
            os.fsync(self._file.fileno())

    def _read(self, content: bytes) -> None:
        """Keep what is in it, if it is of this class."""
        header, self.lines = read_journal(self.path, content)
        if refusal := self.graded.refusal(self.path, header, self.lines):
            raise JournalError(refusal)
        self.header = self.graded.updated(header, self.lines)
        for line in self.lines:
            self._keep_verdict(line)


def now() -> str:
    """Return the current time as it is written in a journal: ISO 8601, UTC, in seconds."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def erase(path: Path, name: str) -> tuple[str, int]:
    """Remove all lines about a submission from a journal.

    The file is replaced atomically: if this is killed, either the old or the new journal is there.

    Parameters
    ----------
    path : Path
        File of the journal.
    name : str
        Name of the submission, or of the learner as it stands in the gradebook, or an id.

    Returns
    -------
    (str, int)
        Name of the submission, and number of lines removed.

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


def _erase(path: Path, name: str) -> tuple[str, int]:
    content = path.read_bytes()
    whole = content[
        : content.rfind(b"\n") + 1
    ]  # an incomplete line goes, as it may be about anyone
    _, read = read_journal(path, whole)
    name = submission_in(path, read, name)
    header, *lines = whole.splitlines(keepends=True)
    kept = [line for line, one in zip(lines, read, strict=True) if one.content.name != name]
    mode = stat.S_IMODE(path.stat().st_mode)
    write_atomically(path, b"".join([header, *kept]), mode, durable=True)
    return name, len(lines) - len(kept)
