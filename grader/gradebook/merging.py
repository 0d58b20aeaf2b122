"""Joins the journals of several graders, each of whom had sections of her own."""

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
from grader.messages.listing import listed
from grader.verdicts.verdict import Verdict


@dataclass(frozen=True)
class _Read:
    """One line of a journal, and how it is written there."""

    line: Line
    text: bytes


def merge(out: Path, journals: Sequence[Path], source: str = "") -> tuple[int, int]:
    """Join journals into a new one.

    Parameters
    ----------
    out : Path
        Its file, which must not be there yet.
    journals : sequence of Path
        The journals. Their order decides only where lines were written in the same second.
    source : str, default ""
        The class that the new one is of; by default that of the first.

    Returns
    -------
    (int, int)
        How many learners and lines are in it.

    Raises
    ------
    JournalError
        If there is a file already, or two journals disagree about somebody.
    """
    if out.exists():
        raise JournalError(f"{out} is there already; name a new file for the merged journal")
    headers, read = zip(*(_read(path) for path in journals), strict=True)
    classes = {header["class"] for header in headers}
    if len(classes) > 1 and not source:
        raise JournalError(
            f"these are journals of several classes: {', '.join(sorted(classes))}; say with "
            "--class which one the merged journal is of, if they are copies of the same"
        )
    hers: dict[str, list[list[_Read]]] = {}
    for lines in read:
        for name in {one.line.content.name for one in lines}:
            found = [one for one in lines if one.line.content.name == name]
            hers.setdefault(name, []).append(found)
    joined = {name: _joined(histories) for name, histories in hers.items()}
    if conflicts := sorted(name for name, one in joined.items() if one is None):
        names = listed(map(repr, conflicts))
        raise JournalError(
            f"two journals disagree about {len(conflicts)} learners, under the same conditions or "
            f"since both hold marks of hers: {names}; `grader audit` shows what each has, and "
            "`grader erase` takes her out of one of them"
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
    """One history of somebody out of several, or None if they disagree."""
    longest = max(histories, key=len)
    if all(one == longest[: len(one)] for one in histories):
        return longest  # the others are earlier copies of it
    lines = [one for history in histories for one in history]
    if not all(isinstance(one.line.content, Verdict) for one in lines):
        return None
    last: dict[str, Verdict] = {}
    for history in histories:
        verdict = history[-1].line.content
        assert isinstance(verdict, Verdict)
        if last.setdefault(repr(verdict.conditions), verdict) != verdict:
            return None
    unique = {one.text: one for one in lines}
    return sorted(unique.values(), key=lambda one: one.line.at)


def _stamped(history: Sequence[_Read]) -> list[tuple[str, _Read]]:
    """Each line with a time that is never before that of the line above it."""
    stamped, latest = [], ""
    for one in history:
        latest = max(latest, one.line.at)
        stamped.append((latest, one))
    return stamped
