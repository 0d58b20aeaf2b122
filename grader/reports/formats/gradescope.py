"""The results of one submission as a results.json file for Gradescope.

The top-level score replaces the sum of the scores of the tests. Stretch specs have a `max_score` of
0; Gradescope shows whether they passed by their `status`.
"""

import json
from collections.abc import Iterator
from typing import Any

from grader.errors import ReportError
from grader.gradebook.rows import Row
from grader.messages.escaping import lines
from grader.messages.language import say, tell
from grader.reports.common.adjustments import adjustments
from grader.reports.common.learner_markdown import reproduced_by, total_of
from grader.verdicts.causes import causes_of
from grader.verdicts.learner_view import command_for
from grader.verdicts.outcome_labels import word
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict

VISIBILITIES = ("visible", "hidden", "after_due_date", "after_published")


def render(
    row: Row, *, steps: int = 1, seconds: int | None = None, visibility: str = "visible"
) -> str:
    """Return the content of results.json.

    Parameters
    ----------
    row : Row
        Row of the learner.
    steps : int, default 1
        Maximum number of hints for each spec.
    seconds : int, optional
        Wall-clock time of grading.
    visibility : str, default "visible"
        When learners can see the results: one of `VISIBILITIES`.

    Returns
    -------
    str
        JSON in pure ASCII, as in `grader.reports.formats.json_file`.

    Raises
    ------
    ReportError
        If there was a grader error. Without the file, Gradescope reports a failure to the
        instructor; any file would count against the learner.
    """
    row = row.for_learner()
    verdict = row.verdict
    if verdict.has_grader_error:
        raise ReportError(
            f"{row.name}: the grader itself failed, so there is no score to tell Gradescope; "
            "run it again"
        )
    document: dict[str, Any] = {
        "score": row.points,
        "output": lines("\n".join(_notes(row)) or total_of(row)),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": visibility,
        "stdout_visibility": "hidden",
        "tests": [
            test
            for number, exercise in enumerate(verdict.exercises, 1)
            for test in _tests(number, exercise, steps, visibility)
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
    commands = filter(None, (command_for(one, verdict) for one in verdict.exercises))
    return [
        *map(tell, verdict.notes),
        *adjusted,
        *(f"{reproduced_by()} {command}" for command in commands),
    ]


def _tests(
    number: int, exercise: ExerciseVerdict, steps: int, visibility: str
) -> Iterator[dict[str, Any]]:
    """Yield the tests of an exercise in the order of its specs; what is broken is told once."""
    numbers = {spec.name: f"{number}.{place}" for place, spec in enumerate(exercise.specs, 1)}
    told = {spec.name: spec.told(steps) for spec in exercise.specs}
    for cause in causes_of(exercise.specs):
        if cause.is_waiting:
            continue
        first = numbers[cause.first.name]
        told[cause.first.name] = cause.first.told(steps)
        same = say("for the same reason as {number}", number=first)
        if not cause.is_known:
            same = say("as {number}", number=first)
        told.update((spec.name, same) for spec in cause.others)
    for spec in exercise.specs:
        yield _test(numbers[spec.name], exercise.name, spec, told[spec.name], visibility)


def _test(
    number: str, exercise: str, spec: SpecVerdict, why: str, visibility: str
) -> dict[str, Any]:
    return {
        "score": spec.points,
        "max_score": spec.max_points,
        "status": "passed" if spec.passed else "failed",
        "name": lines(f"{exercise}: {spec.promise}"),
        "number": number,
        "output": "" if spec.passed else f"{word(spec.outcome)}\n{lines(why)}".strip(),
        "tags": [exercise, spec.tier.value],
        "visibility": visibility,
    }
