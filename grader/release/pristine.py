"""The stubs as they were handed out, before the learner changed them.

The course contains no second copy of them that could become outdated. The original of a stub is
looked up in

1. ``.kata/pristine``, which `kata start` writes into a new course. Git does not ignore this folder,
   so it stays with the learner's course;
2. git: the stub as of the last commit that changed the course itself, its specs or its grader. Not
   HEAD, since a learner may commit their work and still want to reset it.

Without git (a course that was downloaded as an archive), `keep_if_unwritten` copies the file to
``.kata/pristine`` when its specs first run and nothing is written in it yet.
"""

import subprocess
from contextlib import suppress
from pathlib import Path

from grader.course.course import FOLDER, Course, Exercise
from grader.errors import CourseError
from grader.files import write_atomically
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict

COURSE_ITSELF = ("tests", "grader", "pyproject.toml")
"""Files and folders that a learner has no reason to change."""


def pristine(exercise: Exercise) -> bytes:
    """Return the stub of an exercise as it was handed out.

    Returns
    -------
    bytes
        Content of the file.

    Raises
    ------
    CourseError
        If it is neither kept nor in a git history.
    """
    with suppress(OSError):
        return _kept(exercise).read_bytes()
    committed = _committed(exercise)
    if committed is None:
        raise CourseError(
            say(
                "{path}: its original is unknown: expected {kept} or a git history, found neither. "
                "Copy the file from where you got the course",
                path=exercise.stub,
                kept=_kept(exercise),
            )
        )
    return committed


def keep(exercise: Exercise, stub: bytes) -> None:
    """Store a stub as it was handed out."""
    _kept(exercise).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_kept(exercise), stub)


def keep_if_unwritten(exercise: Exercise, verdict: ExerciseVerdict, stub: bytes) -> None:
    """Store a file in which nothing is written yet, if its original is not available elsewhere.

    Parameters
    ----------
    exercise : Exercise
        The exercise of the file.
    verdict : ExerciseVerdict
        Verdict on the file, which shows whether something is written.
    stub : bytes
        Content of the file.
    """
    if not all(spec.outcome.is_waiting for spec in verdict.specs):
        return
    with suppress(OSError):
        if not _kept(exercise).exists() and _committed(exercise) is None:
            keep(exercise, stub)


def untouched(course: Course) -> dict[Exercise, bytes]:
    """Return all stubs of a course as they were handed out."""
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
    """Return the output of git in the course's folder; None if git is missing or fails."""
    command = ["git", *arguments]
    with suppress(OSError):
        done = subprocess.run(command, cwd=exercise.root, capture_output=True, check=False)
        if done.returncode == 0:
            return done.stdout
    return None
