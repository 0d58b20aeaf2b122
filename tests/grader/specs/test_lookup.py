"""The exercise that a file belongs to."""

from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.messages.language import CHINESE, ENGLISH, use
from grader.specs.lookup import course_of, exercise_at, exercise_of

AFFINE = find_course(Path(__file__)).named("affine")


def test_a_stub_and_a_spec_belong_to_their_exercise():
    """Both lead to it, and nothing else does."""
    assert exercise_at(AFFINE.stub) == exercise_at(AFFINE.spec) == AFFINE
    assert exercise_at(AFFINE.solution) is None
    assert exercise_at(AFFINE.lesson) is None
    assert exercise_at(Path(__file__)) is None


def test_a_spec_belongs_to_its_exercise_and_that_to_its_course():
    """By the path of the file that it is shown at."""
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
    """With a sentence that names the file, and not with a traceback."""
    (tmp_path / "tests" / "specs").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.kata]\nexercises = ['01_one']\n", "utf-8")
    (tmp_path / file).write_text(content, "utf-8")
    use(CHINESE)
    try:
        with pytest.raises(pytest.Collector.CollectError, match=file.rpartition("/")[2]):
            exercise_at(tmp_path / "exercises" / "01_one" / "one.py")
    finally:
        use(ENGLISH)
