"""Finds the submissions at a path: those of a class, or a single one."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePosixPath

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.errors import SubmissionError
from grader.messages.escaping import shown
from grader.messages.listing import listed
from grader.messages.message import Text, english, literal
from grader.submissions.archives.archive import open_tree
from grader.submissions.budget import UnpackBudget
from grader.submissions.code_files import is_code
from grader.submissions.file_tree import (
    File,
    FileTree,
    NotRead,
    Unreadable,
    gathered,
    kind_of,
    read_folder,
    read_single,
    tell_unread,
)
from grader.submissions.layouts.layout import HandedInFile, Owners, Top
from grader.submissions.layouts.pattern import NAME, Pattern
from grader.submissions.owners import HandedIn, by_learner, looks_downloaded, owners_in, whose
from grader.submissions.recognition import OURS, is_of_course, overlap, read_submission
from grader.submissions.submission import Fault, Submission

MAX_CLASS_FILES = 1_000_000
MAX_CLASS_BYTES = 1 << 30  # of a .tar.gz, whose content is kept in memory
MAX_ZIP_BYTES = 1 << 50  # of a .zip, which is read file by file
MAX_METADATA = 1 << 26  # bytes of what a platform says about a whole class
MAX_LISTED = 5  # names in an error message
INSIDE = "-"  # placeholder for the content of a folder


@dataclass(frozen=True)
class PendingSubmission:
    """A submission that has not been read yet.

    Attributes
    ----------
    name : str
        Name of the submission, and of its row in the gradebook.
    identifier : str
        Identifier of the learner on the platform, or an empty string.
    read : callable
        Reads the submission.
    arrived : date or datetime or None, default None
        When it was handed in, if the platform's names say so; local without an offset from UTC.
    earlier : tuple of PendingSubmission, default ()
        Earlier attempts of the same learner that are in the class, the first one first.
    address : str, default ""
        E-mail address of the learner, if the platform says it.
    platform : str, default ""
        Name of the platform that the names are from; empty for a plain folder.
    uploads : tuple of str, default ()
        Names at the top of the class of what was handed in.
    """

    name: str
    identifier: str
    read: Callable[[], Submission]
    uploads: tuple[str, ...] = ()
    arrived: date | datetime | None = None
    earlier: tuple["PendingSubmission", ...] = ()
    address: str = ""
    platform: str = ""

    def named(self, name: str) -> "PendingSubmission":
        """Return the submission under another name, such as that of one member of a group."""
        earlier = tuple(one.named(name) for one in self.earlier)
        return replace(
            self, name=name, read=lambda: replace(self.read(), name=name), earlier=earlier
        )


@dataclass(frozen=True)
class Collected:
    """The submissions found at a path.

    Attributes
    ----------
    entries : tuple of PendingSubmission
        The submissions, sorted by name.
    exercises : tuple of Exercise
        The exercises to judge.
    is_class : bool
        Whether the path is a class, which may have only one submission.
    hidden : tuple of str, default ()
        Names in the class that begin with a dot, and are therefore not graded.
    unnamed : tuple of str, default ()
        Submissions that the instructor's pattern of names does not fit.
    """

    entries: tuple[PendingSubmission, ...]
    exercises: tuple[Exercise, ...]
    is_class: bool
    hidden: tuple[str, ...] = ()
    unnamed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Shelf:
    """The top level of a class or submission; each entry is read only on request."""

    folders: Mapping[str, Callable[[], FileTree]]
    files: Mapping[str, File]
    problems: Mapping[str, Text]
    whole: Callable[[], FileTree]
    hidden: Sequence[str]

    def owners(self, pattern: Pattern | None = None) -> Owners:
        """Return what finds the owners of the entries, if this is a class."""
        names = {name.split("/")[0] for name in _paths(self)}
        return owners_in(Top(names, self._text), pattern)

    def _text(self, name: str) -> str:
        file = self.files.get(name)
        return file.read(MAX_METADATA).decode("utf-8", "replace") if file else ""


def collect(
    path: Path,
    course: Course,
    limits: Limits | None = None,
    only: Exercise | None = None,
    is_class: bool | None = None,
    pattern: Pattern | None = None,
) -> Collected:
    """Find the submissions at a path. Nothing is run, and no link below the path is followed.

    The path of a class may be a link. That of a submission may not: the link may be the learner's.

    Parameters
    ----------
    path : Path
        A submission: a folder, a .zip, a .tar.gz, a notebook, or the file or folder of one
        exercise. Or a class: a folder or archive of these, including what platforms download.
    course : Course
        Its exercises are looked for.
    limits : Limits, optional
        Size limits of a submission; by default those of the course.
    only : Exercise, optional
        The only exercise to judge; by default all of the course, or the one that `path` is.
    is_class : bool, optional
        Whether the path is a class; by default this is detected.
    pattern : Pattern, optional
        How names at the top of the class are read; by default as known platforms write them.

    Returns
    -------
    Collected
        The submissions. Each is read only on request.

    Raises
    ------
    SubmissionError
        If there are none, or the path cannot be read.
    """
    if not _is_there(path):
        raise SubmissionError(f"{path}: there is no such file or folder")
    named = Path(os.path.abspath(path))
    path = Path(os.path.realpath(named)) if named.is_symlink() else named
    limits = limits or course.limits
    single = _single_exercise(path, course)
    if single is not None and not is_class:
        _refuse_link(named)
        return _collect_exercise(path, course, limits, single, only)
    exercises = course.exercises if only is None else (only,)
    reader = partial(read_submission, course=course, exercises=exercises, limits=limits)
    try:
        shelf = _shelf_of(path, course, limits, may_be_class=is_class is not False)
        if is_class is None:
            is_file = path.is_file() and is_code(path.name)
            is_class = not is_file and not _is_submission(shelf, course, limits)
        if not is_class:
            _refuse_link(named)
            entry = _Entries(shelf, reader).whole(name_of(path))
            return Collected((entry,), exercises, is_class=False)
        owners = shelf.owners(pattern)
    except Unreadable as error:
        raise SubmissionError(f"{path}: {error}") from None
    unnamed = _unnamed(shelf, owners, pattern) if pattern else ()
    entries = tuple(_Entries(shelf, reader, owners))
    if not entries:
        raise SubmissionError(
            f"{path}: nothing to grade. Expected a submission, which has a folder such as "
            f"{exercises[0].name} or a file such as {exercises[0].filename} in it, "
            "or a class, which has a folder or an archive for each submission"
        )
    return Collected(entries, exercises, True, tuple(sorted(shelf.hidden)), unnamed)


def _unnamed(shelf: _Shelf, owners: Owners, pattern: Pattern) -> tuple[str, ...]:
    """Return the submissions that a pattern of names does not fit; an error if it fits none."""
    files = {path: whose(path, owners) for path in _paths(shelf)}
    found = {path: file.platform == NAME for path, file in files.items() if file}
    if not any(found.values()):
        there = listed([shown(_without_inside(path)) for path in files], MAX_LISTED) or "nothing"
        raise SubmissionError(
            f"--names {pattern.expression.pattern}: fits no name in the class; found {there}"
        )
    return tuple(_without_inside(path) for path, fits in found.items() if not fits)


def _is_there(path: Path) -> bool:
    try:
        return os.path.lexists(path)
    except (OSError, ValueError):  # an invalid path, for example with a NUL
        return False


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise SubmissionError(
            f"{path} is a link, which is not followed for a single submission: name "
            f"{os.path.realpath(path)} itself, or add --class if it is a class"
        )


def name_of(path: Path) -> str:
    """Return the name of a submission or class: its folder, or its file without the suffix."""
    path = Path(os.path.abspath(path))
    file = None if path.is_dir() else whose(path.name)
    return file.learner if file else path.name


# One exercise


def _single_exercise(path: Path, course: Course) -> Exercise | None:
    for exercise in course.exercises:
        is_file = os.path.isfile(path) and path.name == exercise.filename
        if is_file or (path.name == exercise.name and os.path.isfile(path / exercise.filename)):
            return exercise
    return None


def _collect_exercise(
    path: Path, course: Course, limits: Limits, exercise: Exercise, only: Exercise | None
) -> Collected:
    """Collect one exercise, together with the other exercises that it may import."""
    if only not in (None, exercise):
        raise SubmissionError(f"{path} is {exercise.name}, not {only.name}")
    folder = path if path.is_dir() else path.parent
    top = folder.parent if folder.name == exercise.name else folder
    places = [(f"{one.name}/", top / one.name / one.filename) for one in course.exercises]
    places += [("", top / one.filename) for one in course.exercises]
    try:
        tree = gathered(
            (prefix, read_single(file))
            for prefix, file in places
            if os.path.isfile(file) and not _is_linked(file.parent)
        )
    except Unreadable as error:
        raise SubmissionError(f"{path}: {error}") from None
    read = partial(read_submission, tree, top.name, course, (exercise,), limits)
    return Collected((PendingSubmission(top.name, "", read),), (exercise,), is_class=False)


def _is_linked(folder: Path) -> bool:
    return kind_of(os.lstat(folder)) == stat.S_IFLNK


# What lies at the top


def _shelf_of(path: Path, course: Course, limits: Limits, *, may_be_class: bool) -> _Shelf:
    if path.is_dir() and not _is_linked(path):
        return _shelf_of_folder(path, limits)
    read_single(path)  # raises if it is a link, a pipe or a device
    budget = UnpackBudget(limits.files, limits.unpacked_mib << 20)
    if may_be_class:
        most = MAX_ZIP_BYTES if zipfile.is_zipfile(path) else MAX_CLASS_BYTES
        budget = UnpackBudget(MAX_CLASS_FILES, most)
    tree = open_tree(path, budget, of_many=True)
    while _is_wrapped(tree) and not is_of_course(tree.folders[0], course):
        tree = tree.below(tree.folders[0])  # the archive was made of one folder
    return _Shelf(
        folders={name: partial(tree.below, name) for name in tree.folders},
        files={
            name: file for name, file in tree.items() if "/" not in name and isinstance(file, File)
        },
        problems={name: why for name, why in tree.problems.items() if "/" not in name},
        whole=lambda: tree,
        hidden=[name for name in tree.hidden if "/" not in name],
    )


def _is_wrapped(tree: FileTree) -> bool:
    at_the_top = [name for name in (*tree.files, *tree.problems) if "/" not in name]
    return len(tree.folders) == 1 and not at_the_top


def _shelf_of_folder(path: Path, limits: Limits) -> _Shelf:
    folders: dict[str, Callable[[], FileTree]] = {}
    files: dict[str, File] = {}
    problems: dict[str, Text] = {}
    try:
        children = sorted(os.scandir(path), key=lambda child: child.name)
    except OSError as error:
        raise Unreadable(tell_unread(error)) from None
    for child in children:
        if child.is_dir(follow_symlinks=False):
            folders[child.name] = partial(read_folder, Path(child.path), max_files=limits.files)
            continue
        try:
            single = read_single(Path(child.path))
        except NotRead as error:
            folders[child.name] = partial(_refuse, error)
        except Unreadable as error:
            problems[child.name] = error.fault
        else:
            files |= {name: one for name, one in single.items() if isinstance(one, File)}
    whole = partial(read_folder, path, max_files=limits.files)
    return _Shelf(folders, files, problems, whole, [c.name for c in children if c.name[0] == "."])


def _refuse(error: Unreadable) -> FileTree:
    raise error


def _is_submission(shelf: _Shelf, course: Course, limits: Limits) -> bool:
    """Return whether all entries belong to one learner, rather than each to another one."""
    owners = shelf.owners()
    if looks_downloaded(_paths(shelf), owners):
        return False
    kept = [name for name in (*shelf.folders, *shelf.files) if whose(f"{name}/{INSIDE}", owners)]
    named = [name for name in kept if is_of_course(name, course)]
    people = [name for name in shelf.folders if name not in (*named, *OURS)]
    if named:
        # Handed-out code or a data folder may be among the folders of a class.
        holding = (_holds_code(shelf.folders[name], course) for name in people)
        return len(named) > 1 or sum(holding) < len(named) + 1
    code = {name: shelf.files[name] for name in kept if name in shelf.files and is_code(name)}
    others = [
        name for name in kept if name in shelf.folders or (whose(name, owners) and name not in code)
    ]
    return bool(code) and not others and not overlap(FileTree(code), course, limits)


def _holds_code(folder: Callable[[], FileTree], course: Course) -> bool:
    """Return whether a folder has code of the course, by the names of its files."""
    try:
        files = folder().files
    except Unreadable:
        return False
    return any(is_code(name) and is_of_course(PurePosixPath(name).name, course) for name in files)


def _paths(shelf: _Shelf) -> Iterable[str]:
    yield from (f"{name}/{INSIDE}" for name in shelf.folders)
    yield from shelf.files
    for name in shelf.problems:
        is_file = whose(name) is not None or PurePosixPath(name).suffix
        yield name if is_file else f"{name}/{INSIDE}"


# The submissions


def _without_inside(path: str) -> str:
    """Return the path of a folder from the path that stands for everything in it."""
    return path.removesuffix(f"/{INSIDE}")


def _uploaded(part: Callable[[], FileTree], file: HandedInFile | None) -> FileTree:
    """Return files with the order in which a platform received them."""
    return part().ordered((file.upload, file.attempt)) if file and file.platform else part()


@dataclass(frozen=True)
class _Entries:
    """Iterates over the submissions of a class, grouped by learner."""

    shelf: _Shelf
    reader: Callable[..., Submission]
    owners: Owners | None = None

    def whole(self, name: str) -> PendingSubmission:
        """Return the whole shelf as one submission."""
        return PendingSubmission(name, "", partial(self._read, name, [("", self.shelf.whole)]))

    def __iter__(self) -> Iterator[PendingSubmission]:
        for handed_in in by_learner(_paths(self.shelf), self.owners):
            yield self._pending(handed_in)

    def _pending(self, handed_in: HandedIn) -> PendingSubmission:
        notes = [literal(one, _without_inside) for one in handed_in.notes]
        if handed_in.late:
            notes.append(english("handed in late"))
        parts = list(self._parts(handed_in))
        return PendingSubmission(
            handed_in.learner,
            handed_in.identifier,
            partial(self._read, handed_in.learner, parts, notes, of_class=True),
            tuple(dict.fromkeys(path.split("/")[0] for path in handed_in.files.values())),
            handed_in.arrived,
            tuple(map(self._pending, handed_in.earlier)),
            handed_in.address,
            handed_in.platform,
        )

    def _parts(self, handed_in: HandedIn) -> Iterator[tuple[str, Callable[[], FileTree]]]:
        """Yield the files of one learner, each part with the prefix of its paths."""
        for inner, source in handed_in.files.items():
            top, file = source.split("/")[0], whose(source, self.owners)
            if top in self.shelf.problems:
                yield "", partial(FileTree, {top: self.shelf.problems[top]})
            elif top in self.shelf.folders:
                prefix = inner.removesuffix(INSIDE)
                yield prefix, partial(_uploaded, self.shelf.folders[top], file)
            else:
                single = partial(FileTree, {inner: self.shelf.files[top]})
                yield "", partial(_uploaded, single, file)

    def _read(
        self,
        name: str,
        parts: Iterable[tuple[str, Callable[[], FileTree]]],
        notes: Iterable[Text] = (),
        *,
        of_class: bool = False,
    ) -> Submission:
        try:
            tree = gathered((prefix, part()) for prefix, part in parts)
            tree = tree.of_class() if of_class else tree
        except Unreadable as error:
            # Read none of it: a learner must not be marked on part of their submission.
            fault: Fault = "grader" if isinstance(error, NotRead) else "unreadable"
            return self.reader(FileTree({}), name, notes=notes, problem=error.text, fault=fault)
        return self.reader(tree, name, notes=notes)
