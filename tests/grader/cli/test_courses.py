"""The commands `new` and `variant`."""

import json
import shutil
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.cli import courses
from grader.course import settings
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.pristine import keep

ROOT = Path(__file__).parents[3]


@pytest.fixture
def call(handed_out, monkeypatch):
    """Call the command in a copy of the course with its variants."""
    shutil.copytree(ROOT / "tests" / "variants", handed_out / "tests" / "variants")
    app = typer.Typer()
    courses.register(app)
    monkeypatch.chdir(handed_out)

    def call(*arguments, command="variant"):
        return CliRunner().invoke(app, [command, *map(str, arguments)])

    call.root = handed_out
    yield call
    settings.load_course.cache_clear()


def test_without_a_name_they_are_listed_with_what_they_are_about(call):
    """The course is unchanged."""
    before = (call.root / "pyproject.toml").read_bytes()
    done = call()
    assert done.exit_code == 0, done.output
    assert done.output.startswith("14_prelu   ")
    assert len(done.output.split(maxsplit=1)[1].strip()) > 3
    assert (call.root / "pyproject.toml").read_bytes() == before


def test_one_becomes_the_last_exercise_with_its_fingerprints(call):
    """The output names each written file, and mistakes can be recognised at once."""
    done = call("14_prelu")
    assert done.exit_code == 0, done.output
    exercise = find_course(call.root).exercises[-1]
    assert exercise.name == "14_prelu"
    *written, last = done.output.splitlines()
    assert last.startswith("It is now the last exercise.")
    assert all((call.root / line).is_file() for line in written)
    assert exercise.fingerprints.relative_to(call.root).as_posix() in written
    assert len(json.loads(exercise.fingerprints.read_text("utf-8"))) > 0


def test_one_that_there_is_not_is_told(call):
    """The course is unchanged."""
    before = (call.root / "pyproject.toml").read_bytes()
    done = call("15_nonsense")
    assert isinstance(done.exception, CourseError)
    assert "15_nonsense" in str(done.exception)
    assert (call.root / "pyproject.toml").read_bytes() == before


def test_a_course_of_ones_own_is_a_copy_that_can_be_committed(call, tmp_path):
    """The commands that follow are printed so that they can be pasted."""
    for exercise in find_course(call.root).exercises:
        keep(exercise, exercise.stub.read_bytes())
    done = call(tmp_path / "My course [a]", command="new")
    assert done.exit_code == 0, done.output
    assert f"cd '{tmp_path}/My course [a]'\n" in done.output
    assert find_course(tmp_path / "My course [a]").named("affine").solution.is_file()
