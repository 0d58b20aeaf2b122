"""Finding the exercise and course of a file or spec."""

from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.messages.language import CHINESE, ENGLISH, use
from grader.specs.lookup import course_of, exercise_at, exercise_of

AFFINE = find_course(Path(__file__)).named("affine")


def test_a_stub_and_a_spec_belong_to_their_exercise():
    """Other files belong to no exercise."""
    assert exercise_at(AFFINE.stub) == exercise_at(AFFINE.spec) == AFFINE
    assert exercise_at(AFFINE.solution) is None
    assert exercise_at(AFFINE.lesson) is None
    assert exercise_at(Path(__file__)) is None


def test_a_spec_belongs_to_its_exercise_and_that_to_its_course():
    """It is found by the path of the learner's file."""
    item = type("item", (), {"path": AFFINE.stub})
    assert exercise_of(item) == AFFINE
    assert AFFINE in course_of(AFFINE).exercises


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("pyproject.toml", "[tool.kata]\nexercises = 1\n"),
        ("tests/specs/zh-CN.toml", "x = 1\n"),
    ],
)
def test_faulty_settings_and_catalogues_end_the_collection(tmp_path, file, content):
    """The message names the file, and there is no traceback."""
    (tmp_path / "tests" / "specs").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.kata]\nexercises = ['01_one']\n", "utf-8")
    (tmp_path / file).write_text(content, "utf-8")
    use(CHINESE)
    try:
        with pytest.raises(pytest.Collector.CollectError, match=file.rpartition("/")[2]):
            exercise_at(tmp_path / "exercises" / "01_one" / "one.py")
    finally:
        use(ENGLISH)
