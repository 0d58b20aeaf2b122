"""The learner's file: reset or borrowed, and never lost."""

import pytest

from grader.course.course import Exercise
from grader.errors import CourseError
from grader.kata.runs.work import borrow, is_borrowed, reference, reset


def test_a_reset_keeps_what_the_learner_wrote(learner):
    """Each copy has its own name, which cannot be confused with the exercise."""
    exercise = learner.exercise("03")
    stub = exercise.stub.read_bytes()
    for text in ("# one", "# two"):
        learner.writes("03", text)
        copy = reset(exercise)
        assert copy.read_text("utf-8") == text
        assert copy.suffix == ".txt"
        assert exercise.stub.read_bytes() == stub
    assert len(list(exercise.stub.parent.glob("*.txt"))) == 2


def test_where_nothing_was_written_there_is_nothing_to_keep(learner):
    """The stub is not copied again; a missing file is restored."""
    exercise = learner.exercise("03")
    assert reset(exercise) is None
    exercise.stub.unlink()
    assert reset(exercise) is None
    assert exercise.stub.is_file()


def test_a_borrowed_exercise_is_known_by_its_file(learner):
    """Without the reference in the file, it is no longer borrowed."""
    exercise = learner.exercise("03")
    learner.writes("03", "# theirs")
    assert not is_borrowed(exercise)
    copy = borrow(exercise)
    assert copy.read_text("utf-8") == "# theirs"
    assert is_borrowed(exercise)
    assert exercise.stub.read_bytes().endswith(reference(exercise))
    reset(exercise)
    assert not is_borrowed(exercise)
    exercise.stub.unlink()
    assert not is_borrowed(exercise)


def test_a_reference_that_was_not_handed_out_is_told(learner):
    """For a course without solutions."""
    with pytest.raises(CourseError, match="handed out without its solutions"):
        reference(Exercise(learner.root, "09_unknown"))
