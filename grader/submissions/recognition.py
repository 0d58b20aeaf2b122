"""Recognises the modules of the course among the files of a submission."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, lru_cache
from pathlib import PurePosixPath

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.course.modules import decode, defined_in, names_of, tell_borrowed
from grader.course.stub_translation import stub_in
from grader.messages.escaping import shown
from grader.messages.language import LANGUAGES
from grader.messages.listing import listed
from grader.messages.message import Text, cut, english, joined
from grader.submissions.archives.archive import read_archive
from grader.submissions.budget import Budget, OverBudget
from grader.submissions.file_tree import FileTree, Unreadable, error_prefix, gathered
from grader.submissions.lms_filenames import looks_downloaded
from grader.submissions.notebooks.notebook_cells import Notebook, read_cells
from grader.submissions.submission import Submission
from grader.worker.source import Source

ARCHIVES = (".zip", ".tar.gz", ".tgz")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".bz2", ".xz", ".zst")
OURS = ("solutions", "tests", "grader", "dataset")
"""Folders of the course itself, which are ignored when a learner submits the whole course."""

_COPY = re.compile(r"(?<![ _-])[ _-]*(?:copy(?: \d+)?|\(\d+\))$")

MAX_NESTED = 2  # levels of archives in archives
MAX_NAMED = 5  # files named in one note
MAX_NOTES = 20
MAX_NOTE = 300  # characters


def is_code(filename: str) -> bool:
    """Return whether a file may be a module, by its name."""
    return filename.lower().endswith((".py", ".ipynb"))


def is_of_course(name: str, course: Course) -> bool:
    """Return whether a file or folder is named after an exercise, or is ``exercises``."""
    plain = _plain_name(PurePosixPath(name).stem if is_code(name) else name)
    known = {_plain_name(name) for e in course.exercises for name in (e.name, e.module)}
    return plain == "exercises" or plain in known


def overlap(tree: FileTree, course: Course, limits: Limits) -> bool:
    """Return whether two files define the same name of the course: then they have two authors."""
    ours = frozenset().union(*map(names_of, course.exercises))
    read = (_read(path, tree, course, Budget(limits)) for path in tree.files)
    defined = [ours.intersection(name for c in found for name in c.defined) for found in read]
    return sum(map(len, defined)) > len(frozenset().union(*defined))


@dataclass(frozen=True)
class _Candidate:
    """A file, or part of a notebook, that may be one or more modules of the course."""

    path: PurePosixPath
    source: Source
    notes: tuple[Text, ...] = ()
    exercise: Exercise | None = None  # the one that ``%%kata`` names
    is_rest: bool = False  # the cells without ``%%kata`` of a notebook that has others with it

    @cached_property
    def code(self) -> str:
        """The source without comments, empty lines and trailing spaces."""
        lines = "\n".join(self.source.parts().values()).splitlines()
        return "\n".join(kept for line in lines if (kept := line.split("#")[0].rstrip()))

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of the classes and functions that it defines."""
        return defined_in("\n".join(self.source.parts().values()))


def read_submission(
    tree: FileTree,
    name: str,
    course: Course,
    exercises: Sequence[Exercise],
    limits: Limits,
    notes: Iterable[Text] = (),
    problem: Text = "",
) -> Submission:
    """Find the modules of the course in the files of one learner.

    A file is recognised by its path (``03_affine/affine.py``), by its name (``affine.py``,
    ``Affine (1).py``, ``03_affine.ipynb``), or by the classes and functions that it defines.

    Parameters
    ----------
    tree : FileTree
        The files, which may include folders and archives.
    name : str
        Name of the submission.
    course : Course
        Its exercises are looked for, also those that are not judged: others may import them.
    exercises : sequence of Exercise
        The exercises to judge.
    limits : Limits
        Size limits of a submission.
    notes : iterable of str or Message, default ()
        Notes from earlier steps, to which others are appended.
    problem : str or Message, default ""
        Why the submission cannot be read, if that is already known.

    Returns
    -------
    Submission
        If there is nothing to judge, its `problem` says why; no exception is raised.
    """
    found: list[Text] = list(notes)
    candidates: list[_Candidate] = []
    whole = tree
    try:
        budget = Budget(limits)
        budget.charge_files(len(tree.files))
        budget.unpacked.charge_bytes(tree.size)
        whole = _unpack(tree, budget, found)
        problem = problem or _tell_people(whole, course)
        if not problem:
            found += _tell_problems(whole)
            files = _code_files(whole, found)
            budget.check_code(whole, files)
            candidates = [one for path in files for one in _read(path, whole, course, budget)]
    except Unreadable as error:
        problem = problem or english("it {fault}", fault=error.text)
    if problem:
        return Submission(name, {}, tuple(exercises), tuple(_shortened(found)), problem)
    chosen = {
        exercise.module: best
        for exercise in course.exercises
        if (best := _choose(exercise, candidates)) is not None
    }
    found += _tell_choice(course, chosen, candidates)
    sources = {module: _rename(module, best.source) for module, best in chosen.items()}
    problem = "" if sources else _tell_nothing(exercises, whole, found)
    submission = Submission(name, sources, tuple(exercises), problem=problem)
    found += map(tell_borrowed, filter(submission.borrowed, submission.exercises))
    return replace(submission, notes=tuple(_shortened(found)))


def _unpack(tree: FileTree, budget: Budget, notes: list[Text], depth: int = 0) -> FileTree:
    """Return the tree, with the content of its archives added."""
    parts = [("", tree)]
    for path in tree.files if depth < MAX_NESTED else ():
        if path.lower().endswith(ARCHIVES):
            try:
                inner = _open_archive(path, tree, budget)
            except Unreadable as error:
                notes.append(error.text)
            else:
                budget.charge_files(len(inner.files))
                parts.append((f"{path}/", _unpack(inner, budget, notes, depth + 1)))
    return gathered(parts)


def _open_archive(path: str, tree: FileTree, budget: Budget) -> FileTree:
    size = tree.size_of(path)
    with error_prefix(path):
        budget.charge_archive(size)
    return read_archive(path, tree.read(path, size), budget.unpacked)


def _tell_problems(tree: FileTree) -> Iterator[Text]:
    problems = [joined([shown(path), " ", reason]) for path, reason in tree.problems.items()]
    yield from problems[:MAX_NAMED]
    unpacked = [path for path in tree.files if path.lower().endswith(OTHER_ARCHIVES)]
    for path in unpacked[:MAX_NAMED]:
        kind = PurePosixPath(path).suffix.lower()
        yield english(
            "{path} is a {kind}, which is not read: hand in a .zip", path=shown(path), kind=kind
        )
    if len(problems) > MAX_NAMED:
        yield english("and {number:,} more that are not read", number=len(problems) - MAX_NAMED)


def _shortened(notes: Sequence[Text]) -> Iterator[Text]:
    for note in notes[:MAX_NOTES]:
        short = cut(note, MAX_NOTE)
        yield note if short is note else f"{short}..."
    if len(notes) > MAX_NOTES:
        yield english("and {number:,} more", number=len(notes) - MAX_NOTES)


def _tell_people(tree: FileTree, course: Course) -> Text:
    """Return an error if the files look like the work of several people, not of one learner."""
    below = [path.split("/", 1)[1] for path in tree.files if "/" in path]
    if looks_downloaded(tree.files) or looks_downloaded(below) or _has_rivals(tree, course):
        return english(
            "it seems to hold the work of several people; grade what is in it as a class"
        )
    return ""


def _has_rivals(tree: FileTree, course: Course) -> bool:
    """Return whether one module is in two sibling folders."""
    names = {exercise.filename: exercise.name for exercise in course.exercises}
    found = set()
    for path in tree.files:
        *folders, filename = path.split("/")
        if filename in names and not _ours(path):
            if folders[-1:] == [names[filename]]:
                folders.pop()
            found.add((filename, tuple(folders)))
    siblings = Counter((filename, folders[:-1]) for filename, folders in found if folders)
    return any(number > 1 for number in siblings.values())


def _ours(path: str) -> str:
    """Return the folder of the course itself that a file is in, or an empty string."""
    *folders, _ = re.split(r"[\\/]", path)
    for folder in folders:
        if _plain_name(folder.removesuffix(".zip").removesuffix(".tar.gz")) in OURS:
            return folder
    return ""


def _code_files(tree: FileTree, notes: list[Text]) -> list[str]:
    folders = {path: _ours(path) for path in tree.files if is_code(path)}
    ours = sorted(set(folders.values()) - {""})
    notes += [
        english("{folder}/ is not read: it belongs to the course", folder=shown(folder))
        for folder in ours
    ]
    return [path for path, folder in folders.items() if not folder]


def _read(path: str, tree: FileTree, course: Course, budget: Budget) -> list[_Candidate]:
    where = PurePosixPath(path)
    try:
        content = tree.read(path, budget.most_of(path))
        if where.suffix.lower() == ".ipynb":
            return list(_parts_of(read_cells(content, where.name, budget), path, course))
        return [_Candidate(where, decode(path, content, budget.may_guess))]
    except OverBudget:
        raise
    except Unreadable as error:
        return [_Candidate(where, Source(path, "", error.text))]


def _parts_of(notebook: Notebook, path: str, course: Course) -> Iterator[_Candidate]:
    """Yield the cells of each exercise that ``%%kata`` names, then all other cells together."""
    where = PurePosixPath(path)

    def candidate(part: Notebook, exercise: Exercise | None, *, is_rest: bool) -> _Candidate:
        notes = tuple(joined([shown(where.name), ", ", note]) for note in part.notes)
        source = Source(path, "", cells=part.cells)
        if exercise is not None and len(filled := _filled(source)) == 1:
            ((place, text),) = filled.items()
            source = Source(place, text)  # a single cell is treated as a file: its errors count
        return _Candidate(where, source, notes, exercise, is_rest)

    named: set[str] = set()
    for exercise in course.exercises:
        names = {exercise.name, exercise.module}
        if not names.isdisjoint(notebook.exercises):
            yield candidate(notebook.only(names.__contains__), exercise, is_rest=False)
            named |= names
    rest = notebook.only(lambda name: name not in named)
    yield candidate(rest, None, is_rest=bool(named))


def _filled(source: Source) -> dict[str, str]:
    return {place: text for place, text in source.parts().items() if text.strip()}


def _choose(exercise: Exercise, candidates: Sequence[_Candidate]) -> _Candidate | None:
    ranked = [
        (rank, candidate)
        for candidate in candidates
        if (rank := _rank(exercise, candidate)) is not None
    ]
    return min(ranked, key=lambda pair: pair[0])[1] if ranked else None


def _rank(exercise: Exercise, candidate: _Candidate) -> tuple[object, ...] | None:
    """Return a sort key, smallest for the best match, or None if the file does not match."""
    path = candidate.path
    defined = len(candidate.defined & names_of(exercise))
    if candidate.exercise is not None:
        if candidate.exercise != exercise:
            return None
        place = 1 if defined else 2
    elif path.parts[-2:] == (exercise.name, exercise.filename):
        place = 0
    elif not candidate.is_rest and _plain_name(path.stem) in map(
        _plain_name, (exercise.module, exercise.name)
    ):
        place = 1 if defined else 2
    elif defined:
        place = 3
    else:
        return None
    is_stub = not candidate.source.problem and candidate.code in ("", *_stubs_of(exercise))
    return (is_stub, place, -defined, len(path.parts), str(path))


@lru_cache(4096)
def _plain_name(stem: str) -> str:
    """Return a name in lower case, without suffixes such as ``(1)`` and ``copy``, five at most."""
    stem = stem.casefold().strip()
    for _ in range(5):
        stem = _COPY.sub("", stem)
    return re.sub(r"[ _-]+", "_", stem)


@cache
def _stubs_of(exercise: Exercise) -> tuple[str, ...]:
    """Return the code of the stub in each language of the lessons."""
    path = PurePosixPath(exercise.filename)
    stubs = (Source(exercise.filename, stub_in(language, exercise)) for language in LANGUAGES)
    return tuple(_Candidate(path, stub).code for stub in stubs)


def _rename(module: str, source: Source) -> Source:
    """Return the source under a file name that does not depend on the submission's location."""
    filename = f"/submission/{module}/{PurePosixPath(source.filename).name}"
    return Source(filename, source.text, source.problem, source.cells)


def _tell_choice(
    course: Course, chosen: Mapping[str, _Candidate], candidates: Sequence[_Candidate]
) -> list[Text]:
    notes = [note for candidate in dict.fromkeys(chosen.values()) for note in candidate.notes]
    taken: dict[str, list[str]] = {}
    for exercise in course.exercises:
        candidate = chosen.get(exercise.module)
        if candidate is not None and candidate.path.name != exercise.filename:
            taken.setdefault(shown(str(candidate.path)), []).append(exercise.filename)
    notes += [
        english("{path} is taken for {files}", path=path, files=", ".join(names))
        for path, names in taken.items()
    ]
    used = {candidate.path for candidate in chosen.values()}
    unused = [shown(str(c.path)) for c in candidates if c.path not in used]
    if unused:
        notes.append(english("not used: {files}", files=listed(unused, MAX_NAMED)))
    return notes


def _tell_nothing(exercises: Sequence[Exercise], tree: FileTree, notes: Sequence[Text]) -> Text:
    if not tree.files and not tree.problems:
        return english("nothing was handed in")
    expected = ", ".join(exercise.filename for exercise in exercises)
    files = listed(map(shown, tree.files), MAX_NAMED) or english("nothing that can be read")
    found = joined([files, *notes[:MAX_NAMED]], by="; ")
    return english(
        "no file of the course was handed in: expected {expected}; found {found}",
        expected=expected,
        found=found,
    )
