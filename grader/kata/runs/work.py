"""Resetting an exercise and borrowing its reference solution, without losing the learner's work."""

from datetime import datetime
from pathlib import Path

from grader.course.course import Exercise
from grader.course.modules import BORROWED
from grader.errors import CourseError
from grader.files import write_atomically
from grader.messages.language import say
from grader.release.pristine import pristine
from grader.release.shipped import shipped_solution


def is_borrowed(exercise: Exercise) -> bool:
    """Return whether the learner's file is the borrowed reference solution, by its first line."""
    try:
        with exercise.stub.open("rb") as file:
            return file.read(len(BORROWED)) == BORROWED.encode()
    except OSError:
        return False


def reset(exercise: Exercise) -> Path | None:
    """Replace the learner's file by the stub.

    Returns
    -------
    Path or None
        The dated copy of the learner's work; None if there was none.
    """
    return _replace(exercise, pristine(exercise))


def borrow(exercise: Exercise) -> Path | None:
    """Replace the learner's file by the reference solution, which earns no points.

    Returns
    -------
    Path or None
        The dated copy of the learner's work; None if there was none.
    """
    note = say("it earns no points. `kata reset {name}` starts over.", name=exercise.module)
    return _replace(exercise, f"{BORROWED} {note}\n".encode() + reference(exercise))


def reference(exercise: Exercise) -> bytes:
    """Return the reference solution.

    A course made by `kata start` has none, except of what it gives; the others are then taken from
    the installed course.

    Returns
    -------
    bytes
        Content of the file.

    Raises
    ------
    CourseError
        If neither course contains it.
    """
    if exercise.finished.is_file():
        return exercise.finished.read_bytes()
    shipped = shipped_solution(exercise)
    if shipped is not None:
        return shipped
    raise CourseError(
        say(
            "{path} is not there: this course was handed out without its solutions. "
            "Ask who gave it to you",
            path=exercise.solution,
        )
    )


def _replace(exercise: Exercise, content: bytes) -> Path | None:
    stub, copy = exercise.stub, None
    old = stub.read_bytes() if stub.exists() else content
    if old != content and not is_untouched(exercise, old):
        copy = keep_copy(stub)
    stub.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(stub, content, follow_link=True)
    return copy


def keep_copy(stub: Path) -> Path:
    """Copy a file of the learner to a new file in the same folder.

    Parameters
    ----------
    stub : Path
        The learner's file of an exercise.

    Returns
    -------
    Path
        The copy. Its name is dated and ends in .txt, so that it is not taken for the exercise.
    """
    now = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    names = (f"{stub.stem}.{now}{more}.txt" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    copy = next(path for name in names if not (path := stub.with_name(name)).exists())
    copy.write_bytes(stub.read_bytes())
    return copy


def is_untouched(exercise: Exercise, content: bytes) -> bool:
    """Return whether this is the stub as it was handed out, as far as that is known."""
    try:
        return content == pristine(exercise)
    except CourseError:
        return False
