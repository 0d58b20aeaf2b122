"""Verdicts as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.gradebook import Row
from grader.verdict import ExerciseVerdict, SpecVerdict

SCHEMA = 3


def render(rows: Sequence[Row]) -> str:
    """Write the gradebook as JSON.

    Parameters
    ----------
    rows : sequence of Row
        One for each learner.

    Returns
    -------
    str
        ``{"schema": 3, "submissions": [...]}``. It is pure ASCII, since what a submission printed
        may hold halves of characters that UTF-8 cannot encode.
    """
    document = {"schema": SCHEMA, "submissions": [_row(row) for row in rows]}
    return json.dumps(document, indent=1)


def _row(row: Row) -> dict[str, Any]:
    verdict = row.verdict
    return {
        "name": row.name,
        "section": row.section,
        "email": row.email,
        "handed_in": row.handed_in,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "submission": verdict.submission,
        "conditions": asdict(verdict.conditions),
        "notes": list(row.notes),
        "exercises": [_exercise(exercise) for exercise in verdict.exercises],
    }


def _exercise(verdict: ExerciseVerdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "done": verdict.done,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "specs": [_spec(spec) for spec in verdict.specs],
    }


def _spec(verdict: SpecVerdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "promise": verdict.promise,
        "tier": verdict.tier.value,
        "outcome": verdict.outcome.value,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "message": verdict.message,
        "hints": list(verdict.hints),
        "mistake": verdict.mistake,
        "output": verdict.output,
    }
