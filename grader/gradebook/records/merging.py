"""Merges the journals of graders who graded different sections of a class."""

import json
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.files import write_atomically
from grader.gradebook.marks import Arrival
from grader.gradebook.records.graded_class import exercise_of, same_assignment
from grader.gradebook.records.identity import Identity, Renaming
from grader.gradebook.records.journal_format import (
    Header,
    JournalError,
    Line,
    line_of,
    read_journal,
    read_whole,
)
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
        Path of the class for the new journal; by default that of the first journal. With it, the
        assignment of the journals is not kept, so that the next run may name another one.

    Returns
    -------
    (int, int)
        Number of learners and number of lines in the new journal.

    Raises
    ------
    JournalError
        If `out` exists, the journals are of several classes and `source` is empty, they are of
        different exercises or assignments, or two journals disagree about a learner.
    """
    if out.exists():
        raise JournalError(f"{out} already exists; name a new file for the merged journal")
    headers, read = zip(*(_read(path) for path in journals), strict=True)
    header = _joined_header(headers, read, source)
    joined = {name: _joined(found) for name, found in _histories(read).items()}
    if conflicts := sorted(name for name, one in joined.items() if one is None):
        names = listed(map(repr, conflicts))
        raise JournalError(
            f"two journals disagree about {len(conflicts)} learners: they have different verdicts "
            f"under the same conditions, or both have marks set by hand: {names}; `grader audit` "
            "shows what each journal has, and `grader erase` removes a learner from one of them"
        )
    stamped = [one for name in sorted(joined) for one in _stamped(_named(name, joined[name] or []))]
    ordered = [one.text for _, one in sorted(stamped, key=lambda pair: pair[0])]
    mode = min(stat.S_IMODE(path.stat().st_mode) for path in journals)
    try:
        write_atomically(out, b"".join([header.line(), *ordered]), mode, durable=True)
    except OSError as error:
        raise JournalError(f"{out}: {error.strerror or error}") from None
    return len(joined), len(ordered)


def _joined_header(
    headers: Sequence[Header], read: Sequence[Sequence[_Read]], source: str
) -> Header:
    classes = {header.source for header in headers}
    if len(classes) > 1 and not source:
        raise JournalError(
            f"these are journals of several classes: {', '.join(sorted(classes))}; if these are "
            "copies of the same class, name the one for the merged journal with --class"
        )
    pairs = zip(headers, read, strict=True)
    found = [exercise_of(header, [one.line for one in lines]) for header, lines in pairs]
    exercises = {one for one in found if one is not None}
    if len(exercises) > 1:
        told = " and ".join(sorted(one or "several exercises" for one in exercises))
        raise JournalError(
            f"these are journals of {told}; what is judged and published separately stays in "
            "journals of its own"
        )
    assignments = [header.assignment for header in headers if header.assignment]
    if any(not same_assignment(assignments[0], other) for other in assignments[1:]):
        raise JournalError(
            f"these are journals of the assignments {listed(map(repr, assignments))}; each has a "
            "journal of its own"
        )
    kept = "" if source or not assignments else assignments[0]
    exercise = exercises.pop() if exercises and None not in found else None
    return Header(source or headers[0].source, exercise, kept)


def _histories(read: Sequence[Sequence[_Read]]) -> dict[str, list[list[_Read]]]:
    """Return the lines about each learner in each journal, by the latest name."""
    found: list[tuple[str, list[_Read]]] = []
    for journal in read:
        own: dict[str, list[_Read]] = {}
        for one in journal:
            own.setdefault(one.line.content.name, []).append(one)
        found += own.items()
    # In a copy that was made before a renaming, the same lines are still of the former name.
    latest = {history[0].text: name for name, history in sorted(found, key=lambda one: len(one[1]))}
    histories: dict[str, list[list[_Read]]] = {}
    for _, history in found:
        histories.setdefault(latest[history[0].text], []).append(history)
    return histories


def _named(name: str, history: Sequence[_Read]) -> list[_Read]:
    """Return the lines with the latest name in each, as lines are sorted anew in between."""
    return [
        replace(one, text=_with_name(one.text, name))
        for one in history
        if not isinstance(one.line.content, Renaming)
    ]


def _with_name(text: bytes, name: str) -> bytes:
    entry = json.loads(text)
    (content,) = (one for one in entry.values() if isinstance(one, dict))
    if content["name"] == name:
        return text
    content["name"] = name
    return line_of(entry)


def _read(path: Path) -> tuple[Header, list[_Read]]:
    content = read_whole(path)
    header, lines = read_journal(path, content)
    texts = [text.rstrip(b"\r\n") + b"\n" for text in content.splitlines()[1:]]
    return header, [_Read(line, text) for line, text in zip(lines, texts, strict=True)]


def _joined(histories: list[list[_Read]]) -> list[_Read] | None:
    """Merge the lines about one learner from several journals; return None if they disagree."""
    longest = max(histories, key=len)
    texts = [one.text for one in longest]
    if all([one.text for one in history] == texts[: len(history)] for history in histories):
        return longest  # the others are earlier copies of the same journal
    lines = [one for history in histories for one in history]
    of_the_grader = Verdict | Arrival | Identity | Renaming
    if not all(isinstance(one.line.content, of_the_grader) for one in lines):
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
