"""The stubs as they were handed out, whatever she has written since.

There is no second copy of them in the course that could drift. What a stub was is known, in this
order, from

1. ``.kata/pristine``, which `kata start` writes into a fresh course: from then on her course stands
   on its own, and the copy travels with it, since it is not ignored by git;
2. git: the stub as of the last commit that changed the course itself, its specs or its grader.
   Not HEAD: a learner may commit what she writes, and it should be reset all the same;
3. the file, where there is no git (a course that was downloaded as an archive): it was kept when
   its spec was first run and nothing in it was written yet.
"""

import subprocess
from contextlib import suppress
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.errors import CourseError
from grader.files import write_atomically
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict

FOLDER = ".kata"
"""Folder, in a learner's course, of what `kata` remembers."""

COURSE_ITSELF = ("tests", "grader", "pyproject.toml")
"""What a learner has no reason to change."""


def pristine(exercise: Exercise) -> bytes:
    """A stub as it was handed out.

    Parameters
    ----------
    exercise : Exercise
        Whose.

    Returns
    -------
    bytes
        The content of its file.

    Raises
    ------
    CourseError
        If nobody knows any more.
    """
    with suppress(OSError):
        return _kept(exercise).read_bytes()
    committed = _committed(exercise)
    if committed is None:
        raise CourseError(
            say(
                "{path}: nobody knows how it was handed out: expected {kept} or a git history, "
                "found neither. Take the file from where you got the course",
                path=exercise.stub,
                kept=_kept(exercise),
            )
        )
    return committed


def keep(exercise: Exercise, stub: bytes) -> None:
    """Write down a stub as it was handed out."""
    _kept(exercise).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_kept(exercise), stub)


def keep_if_unwritten(exercise: Exercise, verdict: ExerciseVerdict, stub: bytes) -> None:
    """Keep a file in which nothing is written yet, if it is known from nowhere else.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    verdict : ExerciseVerdict
        What its spec found.
    stub : bytes
        What it found that in.
    """
    if not all(spec.outcome.is_waiting for spec in verdict.specs):
        return
    with suppress(OSError):
        if not _kept(exercise).exists() and _committed(exercise) is None:
            keep(exercise, stub)


def untouched(course: Course) -> dict[Exercise, bytes]:
    """All stubs of a course as they were handed out."""
    return {exercise: pristine(exercise) for exercise in course.exercises}


def _kept(exercise: Exercise) -> Path:
    return exercise.root / FOLDER / "pristine" / exercise.name / exercise.filename


def _committed(exercise: Exercise) -> bytes | None:
    commit = _git(exercise, "log", "-1", "--format=%H", "--", *COURSE_ITSELF)
    if not commit:
        return None
    path = exercise.stub.relative_to(exercise.root).as_posix()
    return _git(exercise, "show", f"{commit.decode().strip()}:./{path}")


def _git(exercise: Exercise, *arguments: str) -> bytes | None:
    """What git says in the course's folder; None if there is no git, or nothing known to it."""
    command = ["git", *arguments]
    with suppress(OSError):
        done = subprocess.run(command, cwd=exercise.root, capture_output=True, check=False)
        if done.returncode == 0:
            return done.stdout
    return None
