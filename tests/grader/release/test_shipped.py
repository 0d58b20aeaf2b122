"""The course that an installation brings, from a wheel and from a clone."""

import zipfile
from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release import shipped
from grader.release.pristine import pristine
from grader.release.shipped import course_to_copy, shipped_course, shipped_solution
from grader.repository import ARCHIVE, files_of

ROOT = Path(__file__).parents[3]


@pytest.fixture
def wheel(tmp_path, monkeypatch, handed_out):
    """Pretend that the package was installed from a wheel, with a copy of the course in it."""
    (tmp_path / "site" / "grader").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "site" / "grader" / ARCHIVE, "w") as archive:
        for name, path in files_of(handed_out):
            archive.write(path, name)
    monkeypatch.setattr(shipped, "HOME", tmp_path / "site")
    monkeypatch.chdir(tmp_path)


def test_a_wheel_brings_a_course_with_stubs_that_are_known(wheel, handed_out):
    """It needs no git; the course is gone after use."""
    with shipped_course() as course:
        affine = course.named("affine")
        assert affine.solution.is_file()
        assert pristine(affine) == (handed_out / "exercises/03_affine/affine.py").read_bytes()
    assert not course.root.exists()


def test_a_clone_is_its_own_course():
    """Nothing is unpacked."""
    with shipped_course() as course:
        assert course.root == ROOT


def test_the_course_around_the_working_folder_is_copied_first(wheel, monkeypatch, handed_out):
    """An instructor's own course is what their learners start."""
    with course_to_copy() as course:
        assert course.root != handed_out
    monkeypatch.chdir(handed_out / "exercises")
    with course_to_copy() as course:
        assert course.root == handed_out


def test_a_solution_comes_out_of_the_wheel(wheel, handed_out):
    """An exercise that it does not have has none."""
    affine = find_course(handed_out).named("affine")
    assert shipped_solution(affine) == affine.solution.read_bytes()
    assert shipped_solution(type(affine)(affine.root, "99_other")) is None


def test_an_installation_without_a_course_says_so(tmp_path, monkeypatch):
    """Seen: ``kata start`` of a wheel without a course advised to type ``kata start``."""
    monkeypatch.setattr(shipped, "HOME", tmp_path)
    with pytest.raises(CourseError, match="holds no course"), shipped_course():
        pass
    affine = find_course(ROOT).named("affine")
    assert shipped_solution(affine) is None
