"""The marks as CSV for any other tool: one row for each learner, one column for each exercise."""

import csv
import io
from collections.abc import Sequence

from grader.course.course import Part, by_part
from grader.gradebook.rows import Row
from grader.messages.escaping import printable
from grader.reports.common.csv_cells import defused, score
from grader.verdicts.outcome_labels import EXCUSED
from grader.verdicts.verdict import ExerciseVerdict

BEFORE = ("name", "id", "section")
AFTER = ("total", "late", "status", "notes")
"""The columns before and after those of the exercises, which are called as these are."""


def render(rows: Sequence[Row], parts: Sequence[Part] = ()) -> str:
    """Return the marks as CSV in UTF-8.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    parts : sequence of Part, default ()
        Parts of the course, whose totals are in columns of their own.

    Returns
    -------
    str
        A cell is empty where there is no mark; 0 is a judgement.
    """
    names = dict.fromkeys(one.name for row in rows for one in row.verdict.exercises)
    groups = by_part(names, parts, str)
    totals = [f"part {part.number}" for part, _ in groups]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*BEFORE, *map(_text, names), *totals, *AFTER])
    for row in rows:
        judged = {one.name: one for one in row.verdict.exercises}
        ids = row.learner.identifiers if row.learner else ()
        late = "; ".join(f"{one.exercise} {one.percent}% off" for one in row.late)
        notes = "; ".join(map(str, row.notes))
        points = (_points(row, judged[name]) if name in judged else "" for name in names)
        of_parts = (_total(row, part.members(row.verdict.exercises)) for part, _ in groups)
        before = (row.name, ids[0] if ids else "", row.section)
        after = (late, status(row), notes)
        writer.writerow(
            [*map(_text, before), *points, *of_parts, score(row) or "", *map(_text, after)]
        )
    return out.getvalue()


def status(row: Row) -> str:
    """Return ``done`` if all of core passed, ``not done`` if not, or else why there is no mark."""
    return row.no_mark.partition(":")[0] or ("done" if row.verdict.done else "not done")


def _total(row: Row, exercises: Sequence[ExerciseVerdict]) -> str:
    """Return the points of a part; empty if the learner has no mark, or is excused from it."""
    if score(row) is None or all(map(row.is_excused, exercises)):
        return ""
    return str(row.total_of(exercises)[0])


def _points(row: Row, exercise: ExerciseVerdict) -> str:
    if row.is_excused(exercise):
        return EXCUSED
    is_open = not row.handed_in or row.is_unjudged(exercise) or exercise.has_grader_error
    is_empty = is_open and not row.is_set_by_hand(exercise)
    return "" if is_empty else str(row.points_of(exercise))


def _text(content: str) -> str:
    return defused(printable(content))
