"""Sentences about the learner's progress."""

from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.kata.runs.wording import tell_outcome, tell_reset
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

EXERCISE = Exercise(Path("/course"), "03_affine")


@pytest.mark.parametrize(
    ("star", "borrowed", "told"),
    [
        (Outcome.PASSED, False, ("03_affine is done: 2 of 2 points, 1 of 1 stars.",)),
        (
            Outcome.FAILED,
            False,
            (
                "03_affine is done: 2 of 2 points, 0 of 1 stars.",
                "For its stars, see `kata run affine`; or go on:",
            ),
        ),
        (Outcome.PASSED, True, ("03_affine is borrowed: it earns no points.",)),
    ],
)
def test_who_is_done_hears_what_it_has_brought(star, borrowed, told):
    """With the stars that are left."""
    specs = (
        SpecVerdict("a", "", Tier.CORE, Outcome.PASSED, 2),
        SpecVerdict("b", "", Tier.STRETCH, star, 0),
    )
    assert tell_outcome(EXERCISE, ExerciseVerdict("03_affine", specs), borrowed=borrowed) == told


def test_after_a_reset_the_learner_is_told_where_the_old_work_is():
    """If the learner had written any."""
    copy = EXERCISE.stub.with_name("affine.2026.txt")
    assert tell_reset(EXERCISE, copy).endswith(
        "What you wrote is in exercises/03_affine/affine.2026.txt."
    )
    assert tell_reset(EXERCISE, None) == "affine.py is as it was handed out."
