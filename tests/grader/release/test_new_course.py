"""A fresh course: works on its own, and contains no one's work."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.release.new_course import start, start_instructors, update
from grader.release.pristine import keep

ROOT = Path(__file__).parents[3]
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
    (learner.root / ".kata" / "state.json").write_text("{}", "utf-8")
    subprocess.run(["git", "init", "-q"], cwd=learner.root, check=True)
    command = ["git", "ls-files", "--others", "--exclude-standard", ".kata"]
    listed = subprocess.run(command, cwd=learner.root, check=True, capture_output=True, text=True)
    kept = listed.stdout.splitlines()
    assert len(kept) == len(learner.course.exercises) + 1  # and the list of what was handed out
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


@pytest.fixture
def newer(handed_out):
    """A newer course: a changed stub, spec and lesson, and the originals of its stubs."""
    course = find_course(handed_out)
    for exercise in course.exercises:
        kept = handed_out / ".kata" / "pristine" / exercise.name / exercise.filename
        kept.parent.mkdir(parents=True)
        shutil.copy(exercise.stub, kept)
    for path in (course.named("affine").spec, course.named("affine").lesson):
        path.write_text(path.read_text("utf-8") + "# Newer.\n", "utf-8")
    for name in ("affine", "activations"):
        path = handed_out / ".kata" / "pristine" / course.named(name).name / f"{name}.py"
        path.write_text(path.read_text("utf-8") + "# Newer.\n", "utf-8")
    return course


def test_an_update_brings_what_is_new_under_the_work(newer, learner):
    """An edited stub stays, with the new one beside it; `kata reset` then gives the new one."""
    learner.solves("03")
    work = learner.exercise("03").stub.read_bytes()
    (kept,) = update(newer, learner.course)
    assert learner.exercise("03").stub.read_bytes() == work
    assert kept.beside.read_text("utf-8").endswith("# Newer.\n")
    assert learner.exercise("03").spec.read_bytes() == newer.named("affine").spec.read_bytes()
    assert learner.exercise("03").lesson.read_text("utf-8").endswith("# Newer.\n")
    assert learner.exercise("02").stub.read_text("utf-8").endswith("# Newer.\n")
    assert update(newer, learner.course) == []


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_an_update_keeps_the_language_of_the_stubs(newer, tmp_path, language):
    """Whatever the system's language is now."""
    folder = tmp_path / "theirs"
    start(find_course(ROOT), folder, language)
    assert update(newer, find_course(folder)) == []
    fresh = tmp_path / "fresh"
    start(newer, fresh, language)
    stub = "exercises/03_affine/affine.py"
    assert (folder / stub).read_bytes() == (fresh / stub).read_bytes()


def test_another_course_is_not_brought_under_the_work(newer, learner):
    """One with other exercises would take away those that are there."""
    before = learner.exercise("07").spec.read_bytes()
    other = replace(newer, exercises=newer.exercises[:-1])
    with pytest.raises(CourseError, match=f"has no {newer.exercises[-1].name}"):
        update(other, learner.course)
    assert learner.exercise("07").spec.read_bytes() == before


def test_a_folder_with_its_own_grader_is_left_alone(newer, learner):
    """It is installed from there; removing it would end in an environment without a grader."""
    (learner.root / "grader").mkdir()
    with pytest.raises(CourseError, match="has a grader of its own"):
        update(newer, learner.course)


def test_an_instructor_gets_everything(tmp_path):
    """In a folder that can be committed as it is: the same files as the repository."""
    start_instructors(find_course(ROOT), tmp_path / "own")
    own = {p.relative_to(tmp_path / "own").as_posix() for p in (tmp_path / "own").rglob("*")}
    assert {"solutions/03_affine/affine.py", "tests/mistakes/03_affine.toml", ".gitignore"} <= own
    assert {"grader/course/course.py", "dataset/mnist.py", ".github/workflows/ci.yml"} <= own
    assert (tmp_path / "own" / ".ci" / "run").stat().st_mode & 0o111
    assert not (tmp_path / "own" / ".kata").exists()
    assert not [name for name in own if "__pycache__" in name]


def test_a_course_without_solutions_is_no_instructors(learner, tmp_path):
    """Nothing is written."""
    with pytest.raises(CourseError, match="expected the solutions"):
        start_instructors(learner.course, tmp_path / "own")
    assert not (tmp_path / "own").exists()


def test_a_learners_course_has_the_parts_of_the_course(handed_out, tmp_path):
    """With their titles in both languages, and what is chosen of them."""
    course = find_course(handed_out)
    assert len(course.parts) == 2
    for exercise in course.exercises:
        keep(exercise, exercise.stub.read_bytes())
    start(course, tmp_path / "mine", "en")
    mine = find_course(tmp_path / "mine")
    assert mine.parts == course.parts
    assert [one.name for one in mine.exercises] == [one.name for one in course.exercises]
