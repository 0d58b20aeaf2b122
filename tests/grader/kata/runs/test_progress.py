"""The learner's progress."""

import pytest

from grader.kata.runs.progress import Progress


@pytest.fixture
def progress(learner):
    return Progress(learner.course)


def test_the_learner_is_at_the_first_exercise_that_is_not_done(learner, progress):
    """Starting from the chosen exercise and wrapping around; known verdicts are not run again."""
    learner.solves("01")
    assert progress.current() == learner.exercise("02")
    progress.records.go_to(learner.exercise("03"))
    assert progress.current() == learner.exercise("03")
    assert progress.named("") == learner.exercise("03")
    order = [exercise.name[:2] for exercise in progress.in_order_from(learner.exercise("06"))]
    names = [exercise.name[:2] for exercise in learner.course.exercises]
    assert order == [*names[5:], *names[:5]]


def test_what_ran_too_long_is_known_while_the_program_runs(learner, progress, monkeypatch):
    """It is not stored, because the machine may have been busy."""
    exercise = learner.exercise("01")
    learner.writes("01", "import os\n\nos._exit(3)\n")
    verdict = progress.run(exercise)
    assert progress.known(exercise) is verdict
    assert Progress(learner.course).known(exercise) is None
    learner.writes("01", "x = 1")
    assert progress.known(exercise) is None
