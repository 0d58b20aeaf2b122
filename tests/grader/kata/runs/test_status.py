"""The learner's progress: a row and a sentence for each exercise."""

from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.kata.runs.status import ExerciseStatus, table_of, tell_statuses
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

EXERCISE = Exercise(Path("/course"), "03_affine")


def verdict(*outcomes):
    core = [SpecVerdict(f"t{n}", "", Tier.CORE, one, 2) for n, one in enumerate(outcomes)]
    star = SpecVerdict("star", "", Tier.STRETCH, Outcome.FAILED, 0)
    return ExerciseVerdict("03_affine", (*core, star))


DONE, HALF = verdict(Outcome.PASSED), verdict(Outcome.PASSED, Outcome.FAILED)


@pytest.mark.parametrize(
    ("status", "cells", "told"),
    [
        (ExerciseStatus(EXERCISE, None, False), ["03_affine", "...", "", ""], "not looked at yet"),
        (
            ExerciseStatus(EXERCISE, HALF, False),
            ["03_affine", "1 of 2", "☆", "2 / 4"],
            "1 of 2 promises",
        ),
        (
            ExerciseStatus(EXERCISE, DONE, False),
            ["03_affine", "done", "☆", "2 / 2"],
            "2 of 2 points",
        ),
        (ExerciseStatus(EXERCISE, DONE, True), ["03_affine", "borrowed", "", "0 / 2"], "no points"),
        (
            ExerciseStatus(EXERCISE, HALF, True),
            ["03_affine", "1 of 2", "", "0 / 4"],
            "1 of 2 promises",
        ),
    ],
)
def test_each_exercise_has_a_row_and_a_sentence(status, cells, told):
    """Both say the same; a borrowed exercise has no points."""
    assert [cell.plain for cell in status.cells()] == cells
    assert told in status.sentence()


def test_the_total_is_told_once_all_is_known():
    """Before that, it would be too low."""
    known, unknown = ExerciseStatus(EXERCISE, DONE, False), ExerciseStatus(EXERCISE, None, False)
    assert tell_statuses([known, known])[-1] == "4 of 4 points, 2 of 2 exercises done."
    assert len(tell_statuses([known, unknown])) == 2
    assert "4 of 4 points" in str(table_of([known, known]).caption)
    assert table_of([known, unknown]).caption is None
