"""The course that this installation brings: an archive in a wheel, or the clone around it."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.course.settings import HOME, chosen_course, load_course
from grader.errors import CourseError
from grader.messages.language import say
from grader.release.files import PRISTINE
from grader.release.pristine import keep
from grader.repository import ARCHIVE


@contextmanager
def course_to_copy() -> Iterator[Course]:
    """Provide the course that a new one is a copy of: the chosen one, or else the shipped one."""
    course = chosen_course()
    if course is not None:
        yield course
    else:
        with shipped_course() as shipped:
            yield shipped


@contextmanager
def shipped_course() -> Iterator[Course]:
    """Provide the course that this installation brings, to be copied.

    Yields
    ------
    Course
        The course with its solutions. That of a wheel exists only inside the ``with`` block.

    Raises
    ------
    CourseError
        If there is none.
    """
    if not _archive().is_file():
        yield _around(HOME)
        return
    with tempfile.TemporaryDirectory() as place:
        root = Path(place).resolve()
        with zipfile.ZipFile(_archive()) as archive:
            archive.extractall(root)
        course = _around(root)
        if not (root / PRISTINE).is_dir():
            for exercise in course.exercises:
                keep(exercise, exercise.stub.read_bytes())
        yield course


def shipped_solution(exercise: Exercise) -> bytes | None:
    """Return the solution of an exercise from the course that this installation brings.

    Parameters
    ----------
    exercise : Exercise
        An exercise of a course that may have no solutions.

    Returns
    -------
    bytes or None
        Content of the file; None if there is none.
    """
    path = exercise.solution.relative_to(exercise.root)
    try:
        if not _archive().is_file():
            return (HOME / path).read_bytes()
        with zipfile.ZipFile(_archive()) as archive:
            return archive.read(path.as_posix())
    except (FileNotFoundError, KeyError):
        return None


def _archive() -> Path:
    return HOME / "grader" / ARCHIVE


def _around(root: Path) -> Course:
    course = load_course(root)
    if course is None:
        raise CourseError(
            say(
                "this installation of the package holds no course, so none can be copied. Install "
                "it again: python -m pip install --force-reinstall backprop-kata"
            )
        )
    return course
