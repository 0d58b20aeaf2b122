"""A fresh course to work in: its own folder, with nothing in it that anybody has written yet."""

import re
import shutil
from pathlib import Path

from grader.course import Course, CourseError, Exercise
from grader.kata.pristine import keep, untouched
from grader.language import say
from grader.stubs import stub_in

TREES = ("tests/specs", "tests/mistakes", "dataset", ".vscode")
LESSONS = ("*.toml", "*/*.md", "*/*.svg")
"""What is taken from the folder of exercises; all else there may be somebody's work."""

SETTINGS = """\
# A course in a folder of your own. It is about what lies in exercises/; `kata` leads through it.

{course}
[tool.pytest.ini_options]
testpaths = ["exercises"]
addopts = "--import-mode=importlib"
"""

IGNORED = """\
__pycache__/
.pytest_cache/
.ipynb_checkpoints/
.venv/
accuracy.png
mistaken_digits.png
# What `kata` remembers can be found out anew; how the stubs were handed out cannot.
.kata/*
!.kata/pristine/
"""


def start(source: Course, folder: Path, language: str) -> None:
    """Make a fresh copy of a course.

    Parameters
    ----------
    source : Course
        The course.
    folder : Path
        Where the copy is to be: no folder yet, or an empty one.
    language : str
        The language of the stubs, one of `grader.language.LANGUAGES`.

    Raises
    ------
    CourseError
        If the folder is not empty or cannot be written, or nobody knows how the stubs were.
    """
    stubs = {
        exercise.name: stub_in(language, exercise, stub.decode("utf-8")).encode()
        for exercise, stub in untouched(source).items()
    }
    _refuse_unless_empty(folder)
    try:
        _copy(source.root, folder)
        (folder / "pyproject.toml").write_text(_settings(source), "utf-8")
        (folder / ".gitignore").write_text(IGNORED, "utf-8")
        copy = Course(folder, tuple(Exercise(folder, e.name) for e in source.exercises))
        for exercise in copy.exercises:
            keep(exercise, stubs[exercise.name])
            exercise.stub.parent.mkdir(parents=True, exist_ok=True)
            exercise.stub.write_bytes(stubs[exercise.name])
    except OSError as error:
        reason = error.strerror or str(error)
        raise CourseError(
            say("{path} cannot be written: {reason}", path=error.filename or folder, reason=reason)
        ) from None


def _refuse_unless_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            say("{folder} is not empty; name a folder that is not there yet", folder=folder)
        )


def _copy(root: Path, to: Path) -> None:
    for tree in TREES:
        if (root / tree).is_dir():
            shutil.copytree(root / tree, to / tree, ignore=shutil.ignore_patterns("__pycache__"))
    for pattern in LESSONS:
        for path in root.glob(f"exercises/{pattern}"):
            copy = to / path.relative_to(root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)


def _settings(source: Course) -> str:
    """The tables of its settings that a learner needs: not those to install or build it."""
    text = (source.root / "pyproject.toml").read_text("utf-8")
    tables = re.split(r"^(?=\[)", text, flags=re.MULTILINE)
    kept = [table for table in tables if re.match(r"\[tool\.(kata|pyright)[].]", table)]
    return SETTINGS.format(course="".join(kept))
