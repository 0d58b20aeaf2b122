"""Merges the journals of graders who graded different sections of a class."""

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.files import write_atomically
from grader.gradebook.journal import (
    JournalError,
    Line,
    first_line,
    read_journal,
    read_whole,
)
from grader.gradebook.marks import Arrival
from grader.messages.listing import listed
from grader.verdicts.verdict import Verdict


@dataclass(frozen=True)
class _Read:
    """A line of a journal, parsed and as it is written in the file."""

    line: Line
    text: bytes


def merge(out: Path, journals: Sequence[Path], source: str = "") -> tuple[int, int]:
    """Merge journals into a new one.

    Parameters
    ----------
    out : Path
        File of the new journal, which must not exist.
    journals : sequence of Path
        The journals. Their order matters only for lines that were written in the same second.
    source : str, default ""
        Path of the class for the new journal; by default that of the first journal.

    Returns
    -------
    (int, int)
        Number of learners and number of lines in the new journal.

    Raises
    ------
    JournalError
        If `out` exists, the journals are of several classes and `source` is empty, or two journals
        disagree about a learner.
    """
    if out.exists():
        raise JournalError(f"{out} already exists; name a new file for the merged journal")
    headers, read = zip(*(_read(path) for path in journals), strict=True)
    classes = {header["class"] for header in headers}
    if len(classes) > 1 and not source:
        raise JournalError(
            f"these are journals of several classes: {', '.join(sorted(classes))}; if these are "
            "copies of the same class, name the one for the merged journal with --class"
        )
    histories: dict[str, list[list[_Read]]] = {}
    for lines in read:
        for name in {one.line.content.name for one in lines}:
            history = [one for one in lines if one.line.content.name == name]
            histories.setdefault(name, []).append(history)
    joined = {name: _joined(found) for name, found in histories.items()}
    if conflicts := sorted(name for name, one in joined.items() if one is None):
        names = listed(map(repr, conflicts))
        raise JournalError(
            f"two journals disagree about {len(conflicts)} learners: they have different verdicts "
            f"under the same conditions, or both have marks set by hand: {names}; `grader audit` "
            "shows what each journal has, and `grader erase` removes a learner from one of them"
        )
    stamped = [one for name in sorted(joined) for one in _stamped(joined[name] or [])]
    ordered = [one.text for _, one in sorted(stamped, key=lambda pair: pair[0])]
    header = first_line(source or headers[0]["class"])
    mode = min(stat.S_IMODE(path.stat().st_mode) for path in journals)
    try:
        write_atomically(out, b"".join([header, *ordered]), mode, durable=True)
    except OSError as error:
        raise JournalError(f"{out}: {error.strerror or error}") from None
    return len(joined), len(ordered)


def _read(path: Path) -> tuple[dict[str, Any], list[_Read]]:
    content = read_whole(path)
    header, lines = read_journal(path, content)
    texts = [text.rstrip(b"\r\n") + b"\n" for text in content.splitlines()[1:]]
    return header, [_Read(line, text) for line, text in zip(lines, texts, strict=True)]


def _joined(histories: list[list[_Read]]) -> list[_Read] | None:
    """Merge the lines about one learner from several journals; return None if they disagree."""
    longest = max(histories, key=len)
    if all(one == longest[: len(one)] for one in histories):
        return longest  # the others are earlier copies of the same journal
    lines = [one for history in histories for one in history]
    if not all(isinstance(one.line.content, Verdict | Arrival) for one in lines):
        return None
    last: dict[str, Verdict] = {}
    for history in histories:
        contents = (one.line.content for one in reversed(history))
        verdict = next(one for one in contents if isinstance(one, Verdict))
        if last.setdefault(repr(verdict.conditions), verdict) != verdict:
            return None
    unique = {one.text: one for one in lines}
    return sorted(unique.values(), key=lambda one: one.line.at)


def _stamped(history: Sequence[_Read]) -> list[tuple[str, _Read]]:
    """Return each line with a time that is not earlier than that of the line before it.

    Sorting lines of several journals by this time keeps the order of each history, even if the
    clock was set back between two lines.
    """
    stamped, latest = [], ""
    for one in history:
        latest = max(latest, one.line.at)
        stamped.append((latest, one))
    return stamped
