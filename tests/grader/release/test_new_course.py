"""A fresh course: works on its own, and contains no one's work."""

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.new_course import start

IMPORTS = "from affine import Affine; print(Affine.__module__)"


def test_a_fresh_course_is_a_course(learner, process):
    """pytest runs its specs, and an exercise imports from another folder's, as in the lessons."""
    learner.solves("03")
    done = process("-m", "pytest", "exercises/03_affine", cwd=learner.root)
    assert "03_affine: 10 of 10 core" in done.out
    done = process("-c", IMPORTS, cwd=learner.root / "exercises" / "03_affine", command=_python())
    assert done.out == "affine\n"


def _python():
    import sys

    return (sys.executable,)


def test_nobody_s_work_is_taken_along(learner, tmp_path):
    """Nor notes, copies and notebooks: only lessons, their pictures, and the stubs."""
    learner.solves("03")
    (learner.exercise("03").stub.parent / "notes.txt").write_text("mine", "utf-8")
    start(learner.course, tmp_path / "other", "en")
    other = find_course(tmp_path / "other")
    assert other.named("affine").stub.read_bytes().count(b"NotImplementedError") == 2
    lessons = {path.suffix for path in (other.root / "exercises").glob("*/*")}
    assert lessons == {".py", ".md", ".svg"}
    assert not (other.root / "solutions").exists()
    assert not list(other.root.rglob("__pycache__"))


def test_what_git_is_to_keep_is_kept(learner):
    """The original stubs are copied along; what can be recomputed is not."""
    import subprocess

    (learner.root / ".kata" / "state.json").write_text("{}", "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=learner.root, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard", ".kata"]
    listed = subprocess.run(command, cwd=learner.root, check=True, capture_output=True, text=True)
    assert len(listed.stdout.splitlines()) == len(learner.course.exercises)
    assert "state.json" not in listed.stdout


def test_a_folder_that_is_not_empty_is_refused(learner, tmp_path):
    """Nothing in it is changed."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "file").write_text("theirs", "utf-8")
    with pytest.raises(CourseError, match="is not empty"):
        start(learner.course, folder, "en")
    with pytest.raises(CourseError, match="is not empty"):
        start(learner.course, folder / "file", "en")
    assert [path.name for path in folder.iterdir()] == ["file"]
