"""Sentences of lessons and stubs, traced to the specs that hold them."""

from pathlib import Path

import pytest

from grader.checks.promise_check import check_promises, sentences_of
from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.errors import CourseError

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
LESSON = """# 01

Not the task.

## Your task

Write it:

- `double(x)` returns twice x. It
  leaves x alone.

```console
$ pytest exercises/01_double
```

## Notice

Not the task either.
"""
STUB = '''"""The module."""


def given(x):
    """Given to the learner."""
    return x


def double(x: float) -> float:
    """Double a number.

    Parameters
    ----------
    x : float
        The number, or
        an array.

    Returns
    -------
    float
        ``double(2)`` is 4.
    """
    raise NotImplementedError("double: return twice x")
'''
SPEC = '''def test_double_doubles(student):
    """double returns twice x."""


def helper():
    """No spec."""
'''
SAID = [
    "Write it:",
    "`double(x)` returns twice x.",
    "It leaves x alone.",
    "Double a number.",
    "The number, or an array.",
    "``double(2)`` is 4.",
]


@pytest.fixture
def exercise(tmp_path):
    """An exercise that says six sentences."""
    exercise = Exercise(tmp_path, "01_double")
    files = {exercise.lesson: LESSON, exercise.stub: STUB, exercise.spec: SPEC}
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    exercise.promises.parent.mkdir(parents=True)
    return exercise


def write(exercise, **changed):
    """Write a list of all sentences, held by the one spec, with some values changed."""
    values = dict.fromkeys(SAID, '["test_double_doubles"]') | changed
    lines = [f'"{sentence}" = {value}\n' for sentence, value in values.items() if value]
    exercise.promises.write_text("".join(lines), "utf-8")
    return list(check_promises(exercise))


def test_what_is_said_are_sentences_of_the_task_and_of_what_is_to_be_written(exercise):
    """Without code, types, headings, and what is given."""
    assert list(sentences_of(exercise)) == SAID


def test_a_list_of_all_sentences_is_sound(exercise):
    """By specs, or by a reason why there is none."""
    assert write(exercise) == []
    assert write(exercise, **{"Write it:": '"It introduces a list."'}) == []


def test_a_sentence_that_is_not_listed_is_reported(exercise):
    """A promise that a lesson makes and no spec checks."""
    assert write(exercise, **{"It leaves x alone.": ""}) == [
        "no spec and no reason is listed for: It leaves x alone."
    ]


def test_a_sentence_that_is_gone_is_reported(exercise):
    """A list does not outlive what it is about."""
    (problem,) = write(exercise, **{"It is fast.": '"A reason."'})
    assert problem.endswith("in the task nor in the stub: It is fast.")


@pytest.mark.parametrize("value", ['""', "[]", "3", '[""]', "{}"])
def test_neither_a_spec_nor_a_reason_is_reported(exercise, value):
    """An empty reason is none."""
    (problem,) = write(exercise, **{"It leaves x alone.": value})
    assert problem == "expected a list of specs or a reason: It leaves x alone."


def test_a_spec_that_does_not_exist_is_reported(exercise):
    """Not a helper either."""
    for name in ("test_double_halves", "helper"):
        (problem,) = write(exercise, **{"It leaves x alone.": f'["{name}"]'})
        assert problem == f"there is no spec {name}, which is listed for: It leaves x alone."


def test_a_spec_that_holds_no_sentence_is_reported(exercise):
    """Strictness that lesson and stub do not say."""
    reasons = dict.fromkeys(SAID, '"A reason."')
    assert write(exercise, **reasons) == ["test_double_doubles asks for what no sentence says"]


def test_a_list_that_is_no_toml_is_an_error_with_its_path(exercise):
    """For the instructor."""
    exercise.promises.write_text("no", "utf-8")
    with pytest.raises(CourseError, match=r"01_double\.toml is not valid TOML"):
        list(check_promises(exercise))


@pytest.mark.parametrize("name", [exercise.name for exercise in COURSE.exercises])
def test_every_exercise_of_the_course_has_a_list_that_holds(name):
    """Part of what `grader check` checks, in milliseconds."""
    assert list(check_promises(COURSE.named(name))) == []
