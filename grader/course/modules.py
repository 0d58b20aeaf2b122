"""Reads stubs and solutions as modules, and finds lessons."""

import codecs
import importlib.util
import io
import re
import tokenize
from collections.abc import Callable
from functools import cache
from pathlib import Path

from grader.course.course import Course, Exercise
from grader.messages.escaping import shown
from grader.messages.language import spoken
from grader.messages.message import Text, english
from grader.worker.loading.offer import Offer
from grader.worker.source import Source

BORROWED = "# Borrowed from the reference by `kata borrow`:"
"""First line of the file of a borrowed exercise, by which it is recognised."""


_MINUTES = re.compile(r"^About (\d+) minutes\.$", re.MULTILINE)
_DEFINITION = re.compile(r"^(?:class|def)[ \t]+(\w+)", re.MULTILINE)


def tell_borrowed(exercise: Exercise) -> Text:
    """Return the note on a borrowed exercise, which scores no points."""
    return english("{name} is borrowed from the reference: it counts no points", name=exercise.name)


def tell_missing(exercise: Exercise) -> Text:
    """Return the message on an exercise of which nothing was handed in."""
    return english("{file} was not handed in", file=exercise.filename)


# One module


def decode(filename: str, content: bytes, may_guess: Callable[[], bool] = lambda: True) -> Source:
    """Decode the content of a .py file.

    Parameters
    ----------
    filename : str
        File name that tracebacks show.
    content : bytes
        UTF-8, with or without a byte order mark, or the encoding that its first lines declare.
    may_guess : callable, optional
        Returns whether the encoding may be guessed, if it is another one, which takes time.

    Returns
    -------
    Source
        The code, or, if it cannot be decoded, the `problem`.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        if codecs.lookup(encoding).name == "punycode":  # for host names; takes quadratic time
            raise LookupError(f"unknown encoding: {encoding}")
        return Source(filename, importlib.util.decode_source(content))
    except (UnicodeError, SyntaxError, LookupError) as error:
        return Source(filename, "", _tell_encoding(Path(filename).name, content, error, may_guess))


def _tell_encoding(
    name: str, content: bytes, error: Exception, may_guess: Callable[[], bool]
) -> Text:
    from grader.messages.encodings import guess, place_of  # here, since errors are rare

    if isinstance(error, UnicodeDecodeError):
        line, byte = place_of(error)
        found: Text = english("byte 0x{byte:02x} in line {line}", byte=byte, line=line)
    else:
        found = shown(str(error))
    encoding = guess(content) if may_guess() else None
    return english(
        "{name} is not encoded in UTF-8 ({found}).{guess} Save it as UTF-8.",
        name=shown(name),
        found=found,
        guess=english(" It is most likely {encoding}.", encoding=encoding) if encoding else "",
    )


def read_module(path: Path) -> Source:
    """Read a module of a trusted tree.

    Parameters
    ----------
    path : Path
        The file, without any limit of its size; tracebacks show the path.

    Returns
    -------
    Source
        The code, or, if it cannot be read or decoded, the `problem`.
    """
    try:
        return decode(str(path), path.read_bytes())
    except OSError as error:
        told = english("{name} cannot be read: {reason}", name=path.name, reason=error.strerror)
        return Source(str(path), "", told)


def defined_in(text: str) -> frozenset[str]:
    """Return the top-level classes and functions of code, even if it is not valid Python."""
    return frozenset(_DEFINITION.findall(text))


@cache
def names_of(exercise: Exercise) -> frozenset[str]:
    """Return the classes and functions of an exercise, from its solution or else its stub."""
    reference = exercise.finished if exercise.finished.is_file() else exercise.stub
    return defined_in(read_module(reference).text) - {"main"}


def offer_of(course: Course) -> Offer:
    """Return what a course offers to the modules of a submission."""
    there = (*course.exercises, *course.given)
    exercises = {one.module: tuple(sorted(names_of(one))) for one in there}
    return Offer(exercises, course.modules)


def read_modules(tree: Path, course: Course) -> dict[str, Source]:
    """Read the modules of a trusted tree, and those that the course gives.

    Parameters
    ----------
    tree : Path
        A folder laid out like ``exercises/``.
    course : Course
        Its exercises are looked for.

    Returns
    -------
    dict of str to Source
        The modules that exist, by name.
    """
    paths = {e.module: tree / e.name / e.filename for e in course.exercises}
    found = {module: read_module(path) for module, path in paths.items() if path.is_file()}
    return found | given_modules(course)


def given_modules(course: Course) -> dict[str, Source]:
    """Return the modules that a course gives, by name, whatever a learner has made of them."""
    return {one.module: read_module(_shown_file(one)) for one in course.given}


def folders_of(course: Course) -> list[Path]:
    """Return the folders from which a learner's code imports what is taught, and what is given."""
    taught = [one.stub.parent for one in course.exercises]
    return [*taught, *(one.finished.parent for one in course.given)]


def is_changed(exercise: Exercise) -> bool:
    """Return whether a learner has edited or removed their copy of an exercise that was given."""
    kept = exercise.finished
    return kept != exercise.solution and _content(exercise.stub) != _content(kept)


def _shown_file(exercise: Exercise) -> Path:
    """Return the copy of a given file that tracebacks show: the learner's, if it is unchanged."""
    kept = exercise.finished
    return exercise.stub if _content(exercise.stub) == _content(kept) else kept


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def lesson_file(exercise: Exercise) -> Path:
    """Return the lesson of an exercise in the current language, or in English if there is none."""
    translated = exercise.lesson.with_suffix(f".{spoken()}.md")
    return translated if translated.is_file() else exercise.lesson


def minutes_of(exercise: Exercise) -> int | None:
    """Return how many minutes an exercise takes, as the head of its lesson says in English.

    Returns
    -------
    int or None
        None if there is no lesson, or if it does not say.
    """
    head, _, _ = read_module(exercise.lesson).text.partition("\n## ")
    found = _MINUTES.search(head)
    return int(found[1]) if found else None
