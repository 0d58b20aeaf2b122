"""Options that several commands for instructors share."""

from pathlib import Path

import pytest

from grader.cli.options import numbers, settings_for
from grader.course.limits import LimitError
from grader.course.settings import find_course
from grader.errors import CommandError, SubmissionError

COURSE = find_course(Path(__file__))
AFFINE = COURSE.named("affine")
SECRET = "5ec7e7" * 10 + "5ec7"


@pytest.fixture
def secret_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text(SECRET)
    file.chmod(0o600)
    return file


def layers():
    return ("landlock", "seccomp")


def none():
    raise CommandError("landlock: not here")


def test_limits_are_given_by_name_and_number():
    """Integers and fractions; the last value of a limit counts."""
    assert numbers([]) == {}
    found = numbers(["call_seconds=0.5", "memory_mib=512", "memory_mib=256"])
    assert found == {"call_seconds": 0.5, "memory_mib": 256}
    assert type(found["memory_mib"]) is int


@pytest.mark.parametrize("limit", ["", "call_seconds", "call_seconds=", "a=b", "a=1.2.3", "a=1,5"])
def test_what_is_no_number_is_told_with_an_example(limit):
    """The message repeats the option as given."""
    with pytest.raises(LimitError, match=f"--limit {limit}: expected NAME=NUMBER"):
        numbers([limit])


def test_a_submission_is_judged_in_the_sandbox_that_there_is(secret_file, capsys):
    """With the secret from the file and the given exercises, and without a message."""
    path = COURSE.root / "elsewhere"
    config = settings_for(path, COURSE, (AFFINE,), COURSE.limits, secret_file, False, layers)
    assert config.sandbox == layers()
    assert (config.secret, config.exercises) == (SECRET, ("03_affine",))
    assert (config.root, config.limits) == (COURSE.root, COURSE.limits)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("probe", [layers, none])
def test_code_that_is_trusted_runs_without_one(secret_file, capsys, probe):
    """A message says so each time."""
    path = COURSE.root / "elsewhere"
    config = settings_for(path, COURSE, (AFFINE,), COURSE.limits, secret_file, True, probe)
    assert config.sandbox == ()
    assert "without the sandbox" in capsys.readouterr().err


def test_where_there_is_none_a_strangers_code_is_not_run(secret_file, tmp_path):
    """The message says what to do."""
    with pytest.raises(SubmissionError, match=r"is not run.*landlock: not here.*grader doctor"):
        settings_for(tmp_path, COURSE, (AFFINE,), COURSE.limits, secret_file, False, none)


@pytest.mark.parametrize("part", ["", "03_affine", "03_affine/affine.py"])
def test_where_there_is_none_the_courses_own_code_is(secret_file, capsys, part):
    """All solutions or a part of them; a message says that there is no sandbox."""
    path = COURSE.root / "solutions" / part
    config = settings_for(path, COURSE, (AFFINE,), COURSE.limits, secret_file, False, none)
    assert config.sandbox == ()
    assert "without the sandbox" in capsys.readouterr().err
