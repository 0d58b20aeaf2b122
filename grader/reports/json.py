"""Verdicts as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from grader.verdict import ExerciseVerdict, SpecVerdict, Verdict

SCHEMA = 1


def render(verdicts: Sequence[Verdict]) -> str:
    """Write verdicts as JSON.

    Parameters
    ----------
    verdicts : sequence of Verdict
        One for each submission.

    Returns
    -------
    str
        ``{"schema": 1, "submissions": [...]}``. It is pure ASCII, since what a submission printed
        may hold halves of characters that UTF-8 cannot encode.
    """
    document = {"schema": SCHEMA, "submissions": [_submission(verdict) for verdict in verdicts]}
    return json.dumps(document, indent=1)


def _submission(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "points": verdict.points,
        "max_points": verdict.max_points,
        "submission": verdict.submission,
        "conditions": asdict(verdict.conditions),
        "notes": list(verdict.notes),
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
        "mistake": verdict.mistake,
        "output": verdict.output,
    }
