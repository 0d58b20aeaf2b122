"""Her file of an exercise: beginning anew, and borrowing the reference. Nothing of hers is lost."""

from datetime import datetime
from pathlib import Path

from grader.course.course import Exercise
from grader.course.modules import BORROWED
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.files import write_atomically
from grader.messages.language import say
from grader.release.pristine import pristine


def is_borrowed(exercise: Exercise) -> bool:
    """Whether the reference stands in for her own work.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    bool
        What her file says.
    """
    try:
        with exercise.stub.open("rb") as file:
            return file.read(len(BORROWED)) == BORROWED.encode()
    except OSError:
        return False


def reset(exercise: Exercise) -> Path | None:
    """Put the stub in the place of what she has written.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    Path or None
        The dated copy of her work; None if there was none.
    """
    return _replace(exercise, pristine(exercise))


def borrow(exercise: Exercise) -> Path | None:
    """Let the reference stand in for what she has written, at the price of the points.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    Path or None
        The dated copy of her work; None if there was none.
    """
    note = say("it counts no points. `kata reset {name}` begins anew.", name=exercise.module)
    return _replace(exercise, f"{BORROWED} {note}\n".encode() + reference(exercise))


def reference(exercise: Exercise) -> bytes:
    """The reference solution: of her course, or else of the course that she started it from.

    Parameters
    ----------
    exercise : Exercise
        The exercise.

    Returns
    -------
    bytes
        The content of the file.

    Raises
    ------
    CourseError
        If it is not there.
    """
    installed = find_course(Path(__file__))
    others = installed.exercises if installed else ()
    for one in (exercise, *(other for other in others if other.name == exercise.name)):
        if one.solution.is_file():
            return one.solution.read_bytes()
    raise CourseError(
        say(
            "{path} is not there: this course was handed out without its solutions. "
            "Ask who gave it to you",
            path=exercise.solution,
        )
    )


def _replace(exercise: Exercise, content: bytes) -> Path | None:
    stub, copy = exercise.stub, None
    if stub.exists() and stub.read_bytes() not in (content, _pristine_or_nothing(exercise)):
        copy = keep_copy(stub)
    stub.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(stub, content, follow_link=True)
    return copy


def keep_copy(stub: Path) -> Path:
    """Keep what is in her file, beside it.

    Parameters
    ----------
    stub : Path
        The file.

    Returns
    -------
    Path
        The copy. Its name is dated, and not .py: nobody shall take it for the exercise.
    """
    now = datetime.now().strftime("%Y-%m-%d-%H%M%S")
    names = (f"{stub.stem}.{now}{more}.txt" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    copy = next(path for name in names if not (path := stub.with_name(name)).exists())
    copy.write_bytes(stub.read_bytes())
    return copy


def _pristine_or_nothing(exercise: Exercise) -> bytes:
    try:
        return pristine(exercise)
    except CourseError:
        return b""
