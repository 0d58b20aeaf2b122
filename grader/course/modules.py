"""Reads the modules of a course on this machine: stubs, solutions, lessons."""

import importlib.util
from contextlib import suppress
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.messages.escaping import shown
from grader.messages.language import spoken
from grader.messages.message import Text, english
from grader.worker.source import Source

BORROWED = "# Borrowed from the reference by `kata borrow`:"
"""How the file of a borrowed exercise begins: that it does makes it a borrowed one."""


def tell_borrowed(exercise: Exercise) -> Text:
    """Why an exercise scores nothing whose file is the reference."""
    return english("{name} is borrowed from the reference: it counts no points", name=exercise.name)


# One module


def decode(filename: str, content: bytes) -> Source:
    """Make a source of the content of a .py file.

    Parameters
    ----------
    filename : str
        The name that tracebacks show.
    content : bytes
        UTF-8, with or without a byte order mark, or what its first lines declare.

    Returns
    -------
    Source
        Its code; or, if it cannot be decoded, its problem.
    """
    try:
        return Source(filename, importlib.util.decode_source(content))
    except (UnicodeError, SyntaxError, LookupError) as error:
        return Source(filename, "", _tell_encoding(Path(filename).name, content, error))


def _tell_encoding(name: str, content: bytes, error: Exception) -> Text:
    line = 1
    if isinstance(error, UnicodeDecodeError):
        decoded = error.object[: error.start]  # without the byte order mark
        line += decoded.count(b"\n")
        byte = error.object[error.start]
        found: Text = english("byte 0x{byte:02x} in line {line}", byte=byte, line=line)
    else:
        found = shown(str(error))
    guess: Text = ""
    if not content.isascii():
        with suppress(UnicodeDecodeError):
            content.decode("gbk")
            guess = english(" It looks like GBK.")
    return english(
        "{name} is not encoded in UTF-8 ({found}).{guess} Save it as UTF-8.",
        name=shown(name),
        found=found,
        guess=guess,
    )


def read_module(path: Path) -> Source:
    """Read a module on this machine, for use here.

    Parameters
    ----------
    path : Path
        The file; tracebacks show it.

    Returns
    -------
    Source
        Its code; or, if it cannot be read or decoded, its problem.
    """
    try:
        return decode(str(path), path.read_bytes())
    except OSError as error:
        told = english("{name} cannot be read: {reason}", name=path.name, reason=error.strerror)
        return Source(str(path), "", told)


def read_modules(tree: Path, course: Course) -> dict[str, Source]:
    """Read the modules of a tree on this machine, for use here.

    Parameters
    ----------
    tree : Path
        A folder laid out like ``exercises/``.
    course : Course
        The course.

    Returns
    -------
    dict of str to Source
        The modules that are there, by name.
    """
    paths = {e.module: tree / e.name / e.filename for e in course.exercises}
    return {module: read_module(path) for module, path in paths.items() if path.is_file()}


def lesson_file(exercise: Exercise) -> Path:
    """The lesson in the language that is spoken, or else in English.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    """
    translated = exercise.lesson.with_suffix(f".{spoken()}.md")
    return translated if translated.is_file() else exercise.lesson
