"""The gradebook as JSON: what was found with the hidden inputs, and what learners are told."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from importlib.resources import files
from typing import Any

from grader.course.course import Part
from grader.gradebook.doubts.review import to_look_at
from grader.gradebook.marks import Lateness, ManualMark, beneath
from grader.gradebook.rows import Row
from grader.verdicts.causes import Cause, causes_of
from grader.verdicts.verdict import ExerciseVerdict, Feedback, SpecVerdict, Verdict

SCHEMA = 9


def schema() -> str:
    """Return the JSON schema of the result of `render`. A change of it needs a new `SCHEMA`."""
    return (
        files("grader.reports.formats")
        .joinpath(f"gradebook.{SCHEMA}.schema.json")
        .read_text("utf-8")
    )


def render(rows: Sequence[Row], parts: Sequence[Part] = ()) -> str:
    """Return the gradebook as JSON.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    parts : sequence of Part, default ()
        Parts of the course.

    Returns
    -------
    str
        ``{"schema": 9, "submissions": [...]}`` in pure ASCII, as output of a submission may contain
        unpaired surrogates, which UTF-8 cannot encode.
    """
    document = {"schema": SCHEMA, "submissions": [record(row, parts) for row in rows]}
    return json.dumps(document, indent=1)


def record(row: Row, parts: Sequence[Part] = ()) -> dict[str, Any]:
    """Return a row of the gradebook as plain JSON values."""
    verdict = row.verdict
    groups = [(part, part.members(verdict.exercises)) for part in parts]
    numbers = {one.name: part.number for part, exercises in groups for one in exercises}
    return {
        "name": row.name,
        "section": row.section,
        "email": row.email,
        "handed_in": row.handed_in,
        "points": row.points,
        "max_points": row.max_points,
        "mark": row.mark,
        "no_mark": row.no_mark,
        "needs_your_eye": list(to_look_at(row)),
        "published": row.published,
        "submission": verdict.submission,
        "conditions": asdict(verdict.conditions),
        "notes": list(map(str, row.notes)),
        "parts": [_part(row, part, exercises) for part, exercises in groups if exercises],
        "exercises": [_exercise(row, one, numbers.get(one.name)) for one in verdict.exercises],
        "marks": [_mark(mark, verdict) for mark in row.marks],
    }


def _mark(mark: ManualMark, verdict: Verdict) -> dict[str, Any]:
    return {
        "exercise": mark.exercise,
        "points": mark.points,
        "excused": mark.excused,
        "comment": mark.comment,
        "reason": mark.reason,
        "by": mark.by,
        "at": mark.at,
        "to_review": not mark.excused and mark.beneath != beneath(verdict, mark.exercise),
    }


def _part(row: Row, part: Part, exercises: Sequence[ExerciseVerdict]) -> dict[str, Any]:
    points, most = row.total_of(exercises)
    return {"number": part.number, "title": part.title, "points": points, "max_points": most}


def _exercise(row: Row, verdict: ExerciseVerdict, part: int | None) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "part": part,
        "done": verdict.done,
        "basis": verdict.basis.value,
        "on_reference": list(verdict.on_reference),
        "points": row.points_of(verdict),
        "excused": row.is_excused(verdict),
        "found_points": verdict.points,
        "max_points": verdict.max_points,
        "through_points": verdict.points_through if verdict.through else None,
        "late": next((_late(one) for one in row.late if one.exercise == verdict.name), None),
        "specs": [_spec(spec) for spec in verdict.specs],
        "causes": list(map(_cause, causes_of(verdict.specs))),
    }


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "mistake": cause.first.mistake,
        "same_reason": cause.is_known,
        "specs": [spec.name for spec in cause.specs],
    }


def _late(late: Lateness) -> dict[str, Any]:
    return {"percent": late.percent, "reason": str(late.reason)}


def _spec(verdict: SpecVerdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "promise": verdict.promise,
        "tier": verdict.tier.value,
        "outcome": verdict.outcome.value,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "message": str(verdict.message),
        "hints": list(map(str, verdict.hints)),
        "mistake": verdict.mistake,
        "output": verdict.output,
        "feedback": verdict.feedback and _feedback(verdict.feedback),
    }


def _feedback(told: Feedback) -> dict[str, Any]:
    return {
        "outcome": told.outcome.value,
        "kept": told.kept,
        "message": str(told.message),
        "hints": list(map(str, told.hints)),
        "mistake": told.mistake,
        "output": told.output,
    }
