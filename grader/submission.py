"""Finds and reads what was handed in. It runs none of it."""

import hashlib
import importlib.util
import json
import os
from dataclasses import astuple, dataclass, replace
from pathlib import Path

from grader.course import Course, Exercise
from grader.workbench import Source

MAX_SOURCE = 64 << 10  # bytes; all modules of a course together have to fit into one frame


class SubmissionError(Exception):
    """There is nothing to grade where something was expected."""


@dataclass(frozen=True)
class Submission:
    """What one person handed in.

    Attributes
    ----------
    name : str
        Name of its folder.
    sources : dict of str to Source
        Her modules by name; those that are missing are not there.
    exercises : tuple of Exercise
        The exercises to judge.
    is_of_class : bool, default False
        Whether it is one of a class, be it of one.
    notes : tuple of str, default ()
        What was noticed when it was read.
    """

    name: str
    sources: dict[str, Source]
    exercises: tuple[Exercise, ...]
    is_of_class: bool = False
    notes: tuple[str, ...] = ()

    @property
    def hash(self) -> str:
        """A hash of all that is judged."""
        described = {name: astuple(source) for name, source in sorted(self.sources.items())}
        return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def read_source(path: Path, filename: str | None = None) -> Source:
    """Read one module.

    Parameters
    ----------
    path : Path
        The file.
    filename : str, optional
        The name that tracebacks show; by default the path.

    Returns
    -------
    Source
        Its code; or, if it cannot be read or decoded, its problem.
    """
    filename = filename or str(path)
    try:
        size = path.stat().st_size
        if size > MAX_SOURCE:
            problem = f"{path.name} has {size:,} bytes; a source may have {MAX_SOURCE:,}"
            return Source(filename, "", problem)
        content = path.read_bytes()
        return Source(filename, importlib.util.decode_source(content))
    except OSError as error:
        return Source(filename, "", f"{path.name} cannot be read: {error.strerror}")
    except (UnicodeError, SyntaxError, LookupError) as error:
        return Source(filename, "", _tell_encoding(path.name, content, error))


def _tell_encoding(name: str, content: bytes, error: Exception) -> str:
    line = 1
    if isinstance(error, UnicodeDecodeError):
        decoded = error.object[: error.start]  # without the byte order mark
        line += decoded.count(b"\n")
        found = f"byte 0x{error.object[error.start]:02x} in line {line}"
    else:
        found = str(error)
    try:
        content.decode("gbk")
        guess = " It looks like GBK."
    except UnicodeDecodeError:
        guess = ""
    return f"{name} is not encoded in UTF-8 ({found}).{guess} Save it as UTF-8."


def read_tree(tree: Path, course: Course) -> dict[str, Source]:
    """Read the modules of the course that lie in one folder, for use on this machine.

    Parameters
    ----------
    tree : Path
        A folder laid out like ``exercises/``, or with the files loose in it.
    course : Course
        The course.

    Returns
    -------
    dict of str to Source
        The modules that are there, by name.
    """
    return {module: read_source(path) for module, path in _find_files(tree, course).items()}


def collect(path: Path, course: Course, only: Exercise | None = None) -> list[Submission]:
    """Find the submissions below a path.

    Parameters
    ----------
    path : Path
        A submission: a folder laid out like ``exercises/`` or with the files loose in it, a
        single exercise's file or folder. Or a class: a folder of submissions.
    course : Course
        The course.
    only : Exercise, optional
        The one exercise to judge.

    Returns
    -------
    list of Submission
        Sorted by name.

    Raises
    ------
    SubmissionError
        If there are none.
    """
    if not path.exists():
        raise SubmissionError(f"{path}: there is no such file or folder")
    path = Path(os.path.abspath(path))  # not resolved: a link may lead to somebody else's work
    single = _single_exercise(path, course)
    if single is not None:
        folder = path if path.is_dir() else path.parent
        tree = folder.parent if folder.name == single.name else folder
        return [_read(tree, course, _chosen((single,), only, path))]
    if path.is_file():
        expected = ", ".join(exercise.filename for exercise in course.exercises)
        raise SubmissionError(f"{path} is no exercise's file; expected one of {expected}")
    exercises = _chosen(course.exercises, only, path)
    if _is_submission(path, course):
        return [_read(path, course, exercises)]
    folders = [child for child in sorted(path.iterdir()) if _may_be_submission(child)]
    if not folders:
        raise SubmissionError(
            f"{path}: nothing to grade. Expected a submission, which has a folder such as "
            f"{course.exercises[0].name} or a file such as {course.exercises[0].filename} in it, "
            "or a class, which has a folder for each submission"
        )
    return [
        replace(_read(_tree_of(folder), course, exercises), name=folder.name, is_of_class=True)
        for folder in folders
    ]


def _single_exercise(path: Path, course: Course) -> Exercise | None:
    for exercise in course.exercises:
        is_file = path.is_file() and path.name == exercise.filename
        if is_file or (path.name == exercise.name and (path / exercise.filename).is_file()):
            return exercise
    return None


def _chosen(
    exercises: tuple[Exercise, ...], only: Exercise | None, path: Path
) -> tuple[Exercise, ...]:
    if only is None:
        return exercises
    if only not in exercises:
        raise SubmissionError(f"{path} is {exercises[0].name}, not {only.name}")
    return (only,)


def _tree_of(folder: Path) -> Path:
    """Where the exercises are: somebody may hand in the whole course."""
    inner = folder / "exercises"
    return inner if inner.is_dir() else folder


def _is_submission(folder: Path, course: Course) -> bool:
    has_folder = any((folder / exercise.name).is_dir() for exercise in course.exercises)
    return has_folder or bool(_find_files(folder, course))


def _may_be_submission(path: Path) -> bool:
    return path.is_dir() and not path.name.startswith((".", "__"))


def _read(tree: Path, course: Course, exercises: tuple[Exercise, ...]) -> Submission:
    # The names that a traceback shows are the same wherever the submission lies.
    by_module = course.by_module()
    sources = {
        module: read_source(path, f"/submission/{by_module[module].name}/{path.name}")
        for module, path in _find_files(tree, course).items()
    }
    return Submission(tree.name, sources, exercises)


def _find_files(tree: Path, course: Course) -> dict[str, Path]:
    found = {}
    inside = tree.resolve()
    for exercise in course.exercises:
        for path in (tree / exercise.name / exercise.filename, tree / exercise.filename):
            # A link that leads out of the submission would hand in somebody else's work.
            if path.is_file() and inside in path.resolve().parents:
                found[exercise.module] = path
                break
    return found
