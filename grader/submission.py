"""Recognises the modules of the course in what was handed in. It runs none of it."""

import hashlib
import importlib.util
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from pathlib import Path, PurePosixPath

from grader.archive import read_archive
from grader.course import Course, Exercise
from grader.limits import Limits
from grader.notebook import read_cells
from grader.tree import Tree, Unreadable, gathered, shown
from grader.workbench import Source

ARCHIVES = (".zip", ".tar.gz", ".tgz")
OURS = ("solutions", "tests", "grader", "dataset")
"""Folders of the course itself: who hands in all of it has not written these."""

MAX_NESTED = 2  # an archive in an archive, and no more
MAX_NAMED = 5  # files that a note names


class SubmissionError(Exception):
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

    @property
    def hash(self) -> str:
        """A hash of all that is judged."""
        sources = {name: astuple(source) for name, source in sorted(self.sources.items())}
        described = json.dumps([sources, self.notes, self.problem])
        return hashlib.sha256(described.encode()).hexdigest()


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
        found = f"byte 0x{error.object[error.start]:02x} in line {line}"
    else:
        found = str(error)
    try:
        content.decode("gbk")
        guess = " It looks like GBK."
    except UnicodeDecodeError:
        guess = ""
    return f"{shown(name)} is not encoded in UTF-8 ({found}).{guess} Save it as UTF-8."


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
        return Source(str(path), "", f"{path.name} cannot be read: {error.strerror}")


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


# All modules


def is_code(filename: str) -> bool:
    """Whether a file may be a module, by its name."""
    return filename.lower().endswith((".py", ".ipynb"))


def is_of_course(name: str, course: Course) -> bool:
    """Whether a file or folder is named after an exercise, or is the folder of all of them."""
    plain = _plain(PurePosixPath(name).stem if is_code(name) else name)
    known = {_plain(one) for e in course.exercises for one in (e.name, e.module)}
    return plain == "exercises" or plain in known


def overlap(tree: Tree, course: Course, limits: Limits) -> bool:
    """Whether two files define the same thing of the course: then they are two people's."""
    ours = frozenset().union(*map(_names_of, course.exercises))
    defined = [_definitions(_read(path, tree, limits).text) & ours for path in tree.files]
    return sum(map(len, defined)) > len(frozenset().union(*defined))


@dataclass(frozen=True)
class _Candidate:
    """A file that may be a module of the course, or several."""

    path: PurePosixPath
    source: Source
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        return "\n".join(self.source.parts().values())


def read_submission(
    tree: Tree,
    name: str,
    course: Course,
    exercises: Sequence[Exercise],
    limits: Limits,
    notes: Iterable[str] = (),
    problem: str = "",
) -> Submission:
    """Find the modules of the course in what one person handed in.

    A file is recognised by its place (``03_affine/affine.py``), by its name (``affine.py``,
    ``Affine (1).py``, ``03_affine.ipynb``), or by the classes and functions that it defines.

    Parameters
    ----------
    tree : Tree
        The files, in folders or archives of any kind.
    name : str
        Whose it is.
    course : Course
        The course.
    exercises : sequence of Exercise
        Those to judge.
    limits : Limits
        How large it may be.
    notes : iterable of str, default ()
        What was noticed before.
    problem : str, default ""
        Why it cannot be read, if that is known already.

    Returns
    -------
    Submission
        Always: where there is nothing to judge, it says why.
    """
    found: list[str] = list(notes)
    whole = _unpack(tree, limits, found)
    if len(whole.files) > limits.files:
        problem = f"it has {len(whole.files):,} files, where {limits.files:,} are allowed"
    if problem:
        return Submission(name, {}, tuple(exercises), tuple(found), problem)
    found += [f"{shown(path)} {reason}" for path, reason in whole.problems.items()][:MAX_NAMED]
    candidates = [_read(path, whole, limits) for path in _code_files(whole, found)]
    chosen = {
        exercise.module: best
        for exercise in course.exercises
        if (best := _choose(exercise, candidates)) is not None
    }
    found += _tell_choice(course, chosen, candidates)
    sources = {module: _rename(module, one.source) for module, one in chosen.items()}
    problem = "" if sources else _tell_nothing(course, whole, found)
    return Submission(name, sources, tuple(exercises), tuple(found), problem)


def _unpack(tree: Tree, limits: Limits, notes: list[str], depth: int = 0) -> Tree:
    """The tree, with what is in its archives beside them."""
    most = left = limits.unpacked_mib << 20
    parts = [("", tree)]
    for path in tree.files if depth < MAX_NESTED else ():
        if path.lower().endswith(ARCHIVES):
            try:
                content = tree.read(path, left)
                left -= len(content)
                inner = read_archive(path, content, max_files=limits.files, max_bytes=most)
            except Unreadable as error:
                notes.append(str(error))
            else:
                parts.append((f"{path}/", _unpack(inner, limits, notes, depth + 1)))
    return gathered(parts)


def _code_files(tree: Tree, notes: list[str]) -> list[str]:
    chosen, ours = [], set()
    for path in tree.files:
        *folders, filename = path.split("/")
        if not is_code(filename):
            continue
        left_out = [folder for folder in folders if folder in OURS]
        if left_out:
            ours.add(left_out[0])
        else:
            chosen.append(path)
    notes += [f"{folder}/ is not read: it belongs to the course" for folder in sorted(ours)]
    return chosen


def _read(path: str, tree: Tree, limits: Limits) -> _Candidate:
    where = PurePosixPath(path)
    try:
        if where.suffix.lower() == ".ipynb":
            notebook = read_cells(tree.read(path, limits.notebook_mib << 20), where.name)
            if sum(map(len, notebook.cells)) > limits.source_kib << 10:
                size = f"more than {limits.source_kib << 10:,} characters of code"
                raise Unreadable(f"{shown(where.name)} has {size}, which is the most that is read")
            notes = tuple(f"{shown(where.name)}, {note}" for note in notebook.notes)
            return _Candidate(where, Source(path, "", cells=notebook.cells), notes)
        return _Candidate(where, decode(path, tree.read(path, limits.source_kib << 10)))
    except Unreadable as error:
        return _Candidate(where, Source(path, "", str(error)))


def _choose(exercise: Exercise, candidates: Sequence[_Candidate]) -> _Candidate | None:
    ranked = [
        (rank, candidate)
        for candidate in candidates
        if (rank := _rank(exercise, candidate)) is not None
    ]
    return min(ranked, key=lambda one: one[0])[1] if ranked else None


def _rank(exercise: Exercise, candidate: _Candidate) -> tuple[object, ...] | None:
    """How well a file fits an exercise: the smallest fits best; None if it does not at all."""
    path = candidate.path
    defined = len(_definitions(candidate.text) & _names_of(exercise))
    if path.parts[-2:] == (exercise.name, exercise.filename):
        place = 0
    elif _plain(path.stem) in (_plain(exercise.module), _plain(exercise.name)):
        place = 1 if defined else 2
    elif defined:
        place = 3
    else:
        return None
    is_stub = candidate.source.text == _stub_of(exercise)
    return (is_stub, place, -defined, len(path.parts), str(path))


def _plain(stem: str) -> str:
    """A name without what browsers, platforms and people add to it."""
    stem = re.sub(r"( ?\(\d+\)|[ _-]copy)+$", "", stem.casefold().strip())
    return re.sub(r"[ _-]+", "_", stem)


@cache
def _definitions(text: str) -> frozenset[str]:
    """Names of classes and functions, also where the text is no valid Python."""
    return frozenset(re.findall(r"^(?:class|def)[ \t]+(\w+)", text, re.MULTILINE))


@cache
def _names_of(exercise: Exercise) -> frozenset[str]:
    reference = exercise.solution if exercise.solution.is_file() else exercise.stub
    return _definitions(reference.read_text("utf-8")) - {"main"}


@cache
def _stub_of(exercise: Exercise) -> str:
    return read_module(exercise.stub).text if exercise.stub.is_file() else ""


def _rename(module: str, source: Source) -> Source:
    """The same under a name that does not depend on where the submission lies."""
    filename = f"/submission/{module}/{PurePosixPath(source.filename).name}"
    return Source(filename, source.text, source.problem, source.cells)


def _tell_choice(
    course: Course, chosen: Mapping[str, _Candidate], candidates: Sequence[_Candidate]
) -> list[str]:
    notes = [note for one in dict.fromkeys(chosen.values()) for note in one.notes]
    taken: dict[str, list[str]] = {}
    for exercise in course.exercises:
        candidate = chosen.get(exercise.module)
        if candidate is not None and candidate.path.name != exercise.filename:
            taken.setdefault(shown(str(candidate.path)), []).append(exercise.filename)
    notes += [f"{path} is taken for {', '.join(names)}" for path, names in taken.items()]
    used = {candidate.path for candidate in chosen.values()}
    unused = [shown(str(one.path)) for one in candidates if one.path not in used]
    if unused:
        more = f" and {len(unused) - MAX_NAMED} more" if len(unused) > MAX_NAMED else ""
        notes.append(f"not used: {', '.join(unused[:MAX_NAMED])}{more}")
    return notes


def _tell_nothing(course: Course, tree: Tree, notes: Sequence[str]) -> str:
    if not tree.files and not notes:
        return "nothing was handed in"
    expected = ", ".join(exercise.filename for exercise in course.exercises)
    files = ", ".join(map(shown, tree.files[:MAX_NAMED])) or "nothing that can be read"
    found = "; ".join([files, *notes[:MAX_NAMED]])
    return f"no file of the course was handed in: expected {expected}; found {found}"
