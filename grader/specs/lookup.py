"""Finds the exercise and the course that a file or spec belongs to."""

from functools import cache
from pathlib import Path

import pytest

from grader.course.course import Course, Exercise
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.messages.language import translate
from grader.messages.message import Text


@cache
def exercise_at(path: Path) -> Exercise | None:
    """Return the exercise that has a file as its stub or spec; None for other files."""
    if path.suffix != ".py":
        return None
    try:
        course = find_course(path)
        for exercise in course.exercises if course else ():
            if path in (exercise.stub, exercise.spec):
                _read_catalogues(exercise)
                return exercise
    except CourseError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    return None


ABSENT = pytest.StashKey[dict[tuple[str, str], None]]()
"""In the stash of a learner's config: what their modules import and cannot have when they are
graded, as in `grader.worker.loading.imports.Importer`."""

HINT = pytest.StashKey[Text]()
"""In the stash of a spec that pytest-timeout has ended: a hint at the likely cause."""


def _read_catalogues(exercise: Exercise) -> None:
    """Read all catalogues, so that a faulty one is reported at collection, not within a report."""
    for folder in (exercise.spec.parent, exercise.mistakes.parent, exercise.stub.parents[1]):
        translate("", folder)


def exercise_of(item: pytest.Item) -> Exercise:
    """Return the exercise of a spec."""
    exercise = exercise_at(item.path)
    assert exercise is not None
    return exercise


def course_of(exercise: Exercise) -> Course:
    """Return the course of an exercise."""
    course = find_course(exercise.root)
    assert course is not None
    return course
