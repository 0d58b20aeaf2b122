"""Comparison of two gradebooks or journals: the marks that changed, and the reasons."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.table import Table
from rich.text import Text

from grader.errors import ReportError
from grader.gradebook.journal import JournalError, read_journal, read_whole
from grader.gradebook.marks import WHOLE
from grader.gradebook.rows import Row
from grader.gradebook.standing import standings
from grader.messages.escaping import printable
from grader.reports.formats.json_file import SCHEMA, record

READABLE = (3, 4, 5, 6, 7, 8, SCHEMA)
"""3 has no marks set by hand, 4 no late work, 5 no feedback; 6 no half points, no excuses, and not
what a verdict is based on, 7 no causes, 8 no parts."""

MAX_SPECS = 5  # listed as reasons of a change
Learners = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Change:
    """A change of a learner's mark on an exercise.

    Attributes
    ----------
    name, exercise : str
        Names of the learner and of the exercise.
    before, after : float or None
        Points; None if the gradebook or journal has none for the exercise, or the learner is
        excused.
    reasons : tuple of str
        Reasons for the change.
    """

    name: str
    exercise: str
    before: float | None
    after: float | None
    reasons: tuple[str, ...]


def compare(old: Path, new: Path) -> list[Change]:
    """Compare two gradebooks or two journals.

    Parameters
    ----------
    old, new : Path
        Two gradebooks written by `grader grade --json`, or two journals.

    Returns
    -------
    list of Change
        Changes, sorted by name and exercise.

    Raises
    ------
    ReportError, JournalError
        If a file is neither a gradebook nor a journal, or if the files are of different kinds.
    """
    (kind, before), (other, after) = _read(old), _read(new)
    if kind != other:
        raise ReportError(
            f"{old} is a {kind} and {new} a {other}, which name learners differently; "
            "compare two of one kind"
        )
    names = sorted({*before, *after})
    try:
        return [one for name in names for one in _of_one(name, before.get(name), after.get(name))]
    except (LookupError, TypeError, AttributeError) as error:
        raise ReportError(
            f"{old}, {new}: expected what `grader grade --json` writes; found something else "
            f"({type(error).__name__}: {error})"
        ) from None


def _read(path: Path) -> tuple[str, Learners]:
    content = read_whole(path)
    try:
        document = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        document = None  # a journal has several lines
    if not isinstance(document, dict) or "schema" not in document:
        return "journal", _of_journal(path, content)
    if document["schema"] not in READABLE:
        raise ReportError(
            f"{path} has schema {document['schema']!r}, where one of {READABLE} is expected; make "
            "it anew with this grader"
        )
    try:
        return "gradebook", _of_gradebook(document)
    except (LookupError, TypeError, AttributeError) as error:
        raise ReportError(
            f"{path}: expected what `grader grade --json` writes; found something else "
            f"({type(error).__name__}: {error})"
        ) from None


def _of_journal(path: Path, content: bytes) -> Learners:
    try:
        _, lines = read_journal(path, content)
    except JournalError as error:
        raise ReportError(
            f"expected a journal, or a gradebook as `grader grade --json` writes it: {error}"
        ) from None
    return {
        name: record(Row(name, one.verdict, marks=one.marks_that_count, late=one.late))
        for name, one in standings(lines).items()
    }


def _of_gradebook(document: Mapping[str, Any]) -> Learners:
    rows = document["submissions"]
    counts = Counter(row["name"] for row in rows)
    found = {}
    for row in rows:
        name = row["name"] if counts[row["name"]] == 1 else f"{row['name']} ({row['handed_in']})"
        found[name] = row
    return found


def _of_one(
    name: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
) -> Iterator[Change]:
    was = {one["name"]: one for one in before["exercises"]} if before else {}
    now = {one["name"]: one for one in after["exercises"]} if after else {}
    for exercise in sorted({*was, *now}):
        one, other = was.get(exercise), now.get(exercise)
        points = _points(one), _points(other)
        if points[0] == points[1]:
            continue
        if before is None or after is None:
            reasons = ["new here" if before is None else "not there any more"]
        elif one is None or other is None:
            reasons = ["judged now" if one is None else "not judged any more"]
        else:
            reasons = [
                *_by_hand(exercise, before, after),
                *_late(one, other),
                *_found(before, after, one, other),
            ]
        yield Change(name, exercise, *points, tuple(reasons))


def _points(exercise: Mapping[str, Any] | None) -> float | None:
    if exercise is None or exercise.get("excused"):
        return None
    points: float = exercise["points"]
    return points


def _by_hand(exercise: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    was, now = (_mark_on(exercise, one) for one in (before, after))
    if was == now:
        return
    if now is None:
        yield "what was set by hand was withdrawn"
    elif now.get("excused"):
        yield f"excused by {now['by']}: {now['reason']}"
    else:
        yield f"set by hand to {now['points']} by {now['by']}: {now['reason']}"


def _late(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """Yield the reason if a deduction for late work was added, changed or removed."""
    was, now = one.get("late"), other.get("late")
    if was != now:
        yield now["reason"] if now else "not late any more"


def _mark_on(exercise: str, row: Mapping[str, Any]) -> Mapping[str, Any] | None:
    decided = [one for one in row.get("marks", ()) if one["points"] is not None or _excuses(one)]
    found = {one["exercise"]: one for one in decided}
    mark = found.get(exercise, found.get(WHOLE))
    return mark and {key: mark.get(key) for key in ("points", "excused", "by", "reason")}


def _excuses(mark: Mapping[str, Any]) -> bool:
    return bool(mark.get("excused"))


def _found(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    one: Mapping[str, Any],
    other: Mapping[str, Any],
) -> Iterator[str]:
    """Yield the reasons why the verdict differs, if it does."""
    specs = _scoring(one), _scoring(other)
    through = one.get("through_points"), other.get("through_points")
    if specs[0] == specs[1] and through[0] == through[1]:
        return
    causes = list(_causes(before, after))
    yield from causes or ["the same submission under the same conditions came out differently"]
    yield from _told(*specs)


def _scoring(exercise: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Return outcome and maximum points of each spec that scores, by name."""
    specs = exercise["specs"]
    return {one["name"]: (one["outcome"], one["max_points"]) for one in specs if one["max_points"]}


def _causes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["submission"] != after["submission"]:
        yield "another submission"
    was, now = before["conditions"], after["conditions"]
    if was["course"] != now["course"]:
        yield f"another course version ({was['course'][:8]}, now {now['course'][:8]})"
    if was["seed"] != now["seed"]:
        yield "another secret"
    for key in ("python", "numpy"):
        if was[key] != now[key]:
            yield f"another {key} ({was[key]}, now {now[key]})"
    limits = was["limits"], now["limits"]
    for key in sorted({*limits[0], *limits[1]}):
        if limits[0].get(key) != limits[1].get(key):
            yield f"another limit {key} ({limits[0].get(key)}, now {limits[1].get(key)})"
    if was["sandbox"] != now["sandbox"]:
        layers = (", ".join(one["sandbox"]) or "none" for one in (was, now))
        yield f"another sandbox ({', now '.join(layers)})"
    policies = [one.get("follow_through", "off") for one in (was, now)]
    if policies[0] != policies[1]:
        yield f"another follow-through ({', now '.join(policies)})"


def _told(was: Mapping[str, tuple[str, int]], now: Mapping[str, tuple[str, int]]) -> list[str]:
    """Describe the specs that were added, removed or have another outcome or other points."""
    told = []
    for name in {**was, **now}:
        one, other = was.get(name), now.get(name)
        if one == other:
            continue
        if one is None or other is None:
            told.append(f"{name} is {'new' if one is None else 'gone'}")
        elif one[0] != other[0]:
            told.append(f"{name}: {one[0]}, now {other[0]}")
        else:
            told.append(f"{name} is worth {other[1]}, not {one[1]}")
    more = [f"and {len(told) - MAX_SPECS} specs more"] if len(told) > MAX_SPECS else []
    return told[:MAX_SPECS] + more


def render(changes: Sequence[Change]) -> Table:
    """Return the changes as a table.

    Parameters
    ----------
    changes : sequence of Change
        Result of `compare`.
    """
    table = Table()
    for column in ("learner", "exercise", "before", "after", "why"):
        is_number = column in ("before", "after")
        table.add_column(column, justify="right" if is_number else "left", overflow="fold")
    for one in changes:
        points = ("–" if p is None else str(p) for p in (one.before, one.after))
        cells = (one.name, one.exercise, *points)
        why = "\n".join(map(printable, one.reasons))
        table.add_row(*(Text(printable(cell)) for cell in cells), Text(why))
    return table
