"""What one person handed in, as modules of the course, and how a module is read. It runs none."""

import hashlib
import importlib.util
import json
from contextlib import suppress
from dataclasses import astuple, dataclass
from pathlib import Path

from grader.course import Course, Exercise
from grader.language import say
from grader.refusal import Refusal
from grader.source import Source
from grader.tree import shown

BORROWED = "# Borrowed from the reference by `kata borrow`:"
"""How the file of a borrowed exercise begins: that it does makes it a borrowed one."""


class SubmissionError(Refusal):
    """There is nothing to grade where something was expected."""


@dataclass(frozen=True)
class Submission:
    """What one person handed in.

    Attributes
    ----------
    name : str
        Name of its folder or file, or what the platform made of the learner's name.
    sources : dict of str to Source
        Her modules by name; those that are missing are not there.
    exercises : tuple of Exercise
        The exercises to judge.
    notes : tuple of str, default ()
        What was noticed when it was read.
    problem : str, default ""
        Why there is nothing to judge.
    """

    name: str
    sources: dict[str, Source]
    exercises: tuple[Exercise, ...]
    notes: tuple[str, ...] = ()
    problem: str = ""

    def borrowed(self, exercise: Exercise) -> bool:
        """Whether the reference stands in for her own work: later exercises may build on it."""
        source = self.sources.get(exercise.module)
        codes = (source.text, *source.cells) if source else ()
        # A cell has the magic that made it the exercise's file above it.
        tops = (line for code in codes for line in code.splitlines()[:2])
        return any(line.startswith(BORROWED) for line in tops)

    @property
    def hash(self) -> str:
        """A hash of all that is judged."""
        sources = {name: astuple(source) for name, source in sorted(self.sources.items())}
        described = json.dumps([sources, self.problem])
        return hashlib.sha256(described.encode()).hexdigest()


def tell_borrowed(exercise: Exercise) -> str:
    """Why an exercise scores nothing whose file is the reference."""
    return f"{exercise.name} is borrowed from the reference: it counts no points"


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


def _tell_encoding(name: str, content: bytes, error: Exception) -> str:
    line = 1
    if isinstance(error, UnicodeDecodeError):
        decoded = error.object[: error.start]  # without the byte order mark
        line += decoded.count(b"\n")
        byte = error.object[error.start]
        found = say("byte 0x{byte:02x} in line {line}", byte=byte, line=line)
    else:
        found = shown(str(error))
    guess = ""
    if not content.isascii():
        with suppress(UnicodeDecodeError):
            content.decode("gbk")
            guess = say(" It looks like GBK.")
    return say(
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
        told = say("{name} cannot be read: {reason}", name=path.name, reason=error.strerror)
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
