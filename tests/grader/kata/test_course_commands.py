"""The commands `kata start` and `kata update`."""

import shlex
import subprocess

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.kata.course_commands import course_around


@pytest.fixture
def kata(process):
    """Run kata in a folder."""
    return lambda folder, *arguments: process("-m", "grader.kata", *arguments, cwd=folder)


def test_what_is_said_can_be_pasted(kata, tmp_path):
    """Seen: ``cd My Course (2026) [a]``, without the brackets, which rich took for markup."""
    name = "My Course (2026) [a]"
    done = kata(tmp_path, "start", name)
    assert f"A fresh course is in {name}." in done.out
    first = done.out.splitlines()[1].strip()
    assert shlex.split(first) == ["cd", name]
    shown = subprocess.run(
        ["sh", "-c", f"{first} && pwd"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip().endswith(name)


def test_an_update_says_what_it_kept(kata, learner):
    """Here there is nothing new, and no file was edited."""
    done = kata(learner.root / "exercises", "update")
    assert done.returncode == 0, done.err
    assert done.out == f"{learner.root} is up to date with the installed course.\n"


def test_outside_of_a_course_it_is_said_how_to_make_one(tmp_path, monkeypatch):
    """In `kata` itself and in `kata update`."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CourseError, match="kata start DIR"):
        course_around()


def test_the_course_around_the_folder_is_found(learner, monkeypatch):
    """From any folder below it."""
    monkeypatch.chdir(learner.root / "exercises")
    assert course_around() == find_course(learner.root)
