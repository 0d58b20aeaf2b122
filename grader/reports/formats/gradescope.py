"""One submission as the results.json that Gradescope reads.

A score on top stands for the sum of the tests'. What a test with `max_score` 0 came to is known by
its `status` only, which is how stretch shows without a point.
"""

import json
from typing import Any

from grader.errors import ReportError
from grader.gradebook.rows import Row
from grader.messages.escaping import lines
from grader.messages.language import tell
from grader.reports.common.adjustments import adjustments
from grader.reports.common.learner_markdown import points_of
from grader.verdicts.outcome_labels import word
from grader.verdicts.verdict import SpecVerdict

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")


def render(
    row: Row, *, steps: int = 1, seconds: int | None = None, visibility: str = "visible"
) -> str:
    """Write results.json.

    Parameters
    ----------
    row : Row
        The submission.
    steps : int, default 1
        How many steps of help are told.
    seconds : int, optional
        How long it took.
    visibility : str, default "visible"
        When learners see it, as `VISIBILITIES` has it.

    Returns
    -------
    str
        Pure ASCII, as in `grader.reports.formats.json_file`.

    Raises
    ------
    ReportError
        If the grader itself failed. Without the file Gradescope tells the instructor so; any file
        would count against the learner.
    """
    verdict = row.verdict
    if verdict.has_grader_error:
        raise ReportError(
            f"{row.name}: the grader itself failed, so there is no score to tell Gradescope; "
            "run it again"
        )
    document: dict[str, Any] = {
        "score": row.points,
        "output": lines("\n".join(_notes(row)) or points_of(row.points, verdict.max_points)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [
            _test(f"{number}.{place}", exercise.name, spec, steps, visibility)
            for number, exercise in enumerate(verdict.exercises, 1)
            for place, spec in enumerate(exercise.specs, 1)
        ],
    }
    if seconds is not None:
        document["execution_time"] = seconds
    return json.dumps(document, indent=1)


def _notes(row: Row) -> list[str]:
    verdict = row.verdict
    adjusted = (
        f"{one.name}: {reason}" for one in verdict.exercises for reason in adjustments(row, one)
    )
    return [*map(tell, verdict.notes), *adjusted]


def _test(
    number: str, exercise: str, spec: SpecVerdict, steps: int, visibility: str
) -> dict[str, Any]:
    return {
        "score": spec.points,
        "max_score": spec.max_points,
        "status": "passed" if spec.passed else "failed",
        "name": lines(f"{exercise}: {spec.promise}"),
        "number": number,
        "output": "" if spec.passed else f"{word(spec.outcome)}\n{lines(spec.told(steps))}".strip(),
        "tags": [exercise, spec.tier.value],
        "visibility": visibility,
    }
