"""Recognises the modules of the course among the files of a submission."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePosixPath

from grader.course.course import Course, Exercise
from grader.course.limits import Limits
from grader.course.modules import names_of, tell_borrowed
from grader.messages.escaping import shown
from grader.messages.listing import listed
from grader.messages.message import Text, cut, english, joined
from grader.submissions.archives.archive import read_archive
from grader.submissions.budget import Budget, OverBudget
from grader.submissions.candidates import MAX_NAMED, Candidate, candidates_in
from grader.submissions.choice import Choice, choose, plain_name
from grader.submissions.code_files import TEXTS, is_code, stem_of
from grader.submissions.file_tree import FileTree, NotRead, Unreadable, error_prefix, gathered
from grader.submissions.owners import is_earlier, looks_downloaded
from grader.submissions.submission import Fault, Submission
from grader.worker.source import Source

ARCHIVES = (".zip", ".tar.gz", ".tgz")
OTHER_ARCHIVES = (".rar", ".7z", ".tar", ".bz2", ".xz", ".zst")
OURS = ("solutions", "tests", "grader", "dataset")
"""Folders of the course itself, which are ignored when a learner submits the whole course."""

MAX_NESTED = 2  # levels of archives in archives
MAX_NOTES = 20
MAX_NOTE = 300  # characters


def is_of_course(name: str, course: Course) -> bool:
    """Return whether a file or folder is named after an exercise, or is ``exercises``."""
    plain = plain_name(stem_of(name) if is_code(name) else name)
    known = {plain_name(name) for e in course.exercises for name in (e.name, e.module)}
    return plain == "exercises" or plain in known


def overlap(tree: FileTree, course: Course, limits: Limits) -> bool:
    """Return whether two files define the same name of the course: then they have two authors."""
    ours = frozenset().union(*map(names_of, course.exercises))
    read = (candidates_in(path, tree, course, Budget(limits)) for path in tree.files)
    defined = [ours.intersection(name for c in found for name in c.defined) for found in read]
    return sum(map(len, defined)) > len(frozenset().union(*defined))


def read_submission(
    tree: FileTree,
    name: str,
    course: Course,
    exercises: Sequence[Exercise],
    limits: Limits,
    notes: Iterable[Text] = (),
    problem: Text = "",
    fault: Fault = "unreadable",
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
    fault : {"unreadable", "grader"}, default "unreadable"
        What kind of problem that is.

    Returns
    -------
    Submission
        If there is nothing to judge, its `problem` says why; no exception is raised.
    """
    found: list[Text] = list(notes)
    candidates: list[Candidate] = []
    whole = tree
    try:
        budget = Budget(limits)
        budget.charge_files(len(tree.files))
        budget.unpacked.charge_bytes(tree.size)
        whole = _unpack(tree, budget, found)
        problem = problem or _tell_people(whole, course)
        if not problem:
            found += _tell_problems(whole)
            files = _code_files(whole, course, found)
            candidates = _candidates(files, whole, course, budget)
    except NotRead as error:
        # None of it is judged: part of a submission may deserve less than all of it.
        problem, fault = error.text, "grader"
    except Unreadable as error:
        problem = problem or english("it {fault}", fault=error.text)
    if fault == "grader":
        found.append(problem)  # on the row, beside `GRADER_ERROR`
    if problem:
        return Submission(name, {}, tuple(exercises), tuple(_shortened(found)), problem, fault)
    choices = {
        exercise.module: choice
        for exercise in course.exercises
        if (choice := choose(exercise, candidates, _others(exercise, course))) is not None
    }
    found += [note for choice in choices.values() for note in choice.notes]
    found += _tell_choice(course, choices, candidates)
    chosen = {module: choice.best for module, choice in choices.items()}
    sources = {module: _rename(module, best.source) for module, best in chosen.items()}
    problem = "" if sources else _tell_nothing(exercises, whole, found)
    submission = Submission(name, sources, tuple(exercises), problem=problem)
    found += map(tell_borrowed, filter(submission.borrowed, submission.exercises))
    return replace(submission, notes=tuple(_shortened(found)))


def _candidates(
    files: Sequence[str], tree: FileTree, course: Course, budget: Budget
) -> list[Candidate]:
    """Read the files of code: earlier uploads last, and only as long as the budget allows."""
    last = [path for path in files if not is_earlier(PurePosixPath(path))]
    earlier = [path for path in files if is_earlier(PurePosixPath(path))]
    budget.check_code(tree, last)
    found = [one for path in last for one in candidates_in(path, tree, course, budget)]
    with suppress(OverBudget):
        budget.check_code(tree, earlier)
        for path in earlier:
            found += candidates_in(path, tree, course, budget)
    return found


def _unpack(tree: FileTree, budget: Budget, notes: list[Text], depth: int = 0) -> FileTree:
    """Return the tree, with the content of its archives added."""
    parts = [("", tree)]
    for path in tree.files if depth < MAX_NESTED else ():
        if path.lower().endswith(ARCHIVES):
            try:
                inner = _open_archive(path, tree, budget)
            except NotRead:
                raise
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


def _shortened(notes: Iterable[Text]) -> Iterator[Text]:
    notes = list(dict.fromkeys(notes))
    for note in notes[:MAX_NOTES]:
        short = cut(note, MAX_NOTE)
        yield note if short is note else f"{short}..."
    if len(notes) > MAX_NOTES:
        yield english("and {number:,} more", number=len(notes) - MAX_NOTES)


def _tell_people(tree: FileTree, course: Course) -> Text:
    """Return an error if the files look like the work of several people, not of one learner."""
    below = [path.split("/", 1)[1] for path in tree.files if "/" in path]
    rivals = _rivals(tree, course)
    if rivals:
        return english(
            "it seems to hold the work of several people ({files}); grade what is in it as a "
            "class, or hand in each file once",
            files=listed(map(shown, rivals), MAX_NAMED),
        )
    if looks_downloaded(tree.files) or looks_downloaded(below):
        return english(
            "it seems to hold the work of several people; grade what is in it as a class"
        )
    return ""


def _rivals(tree: FileTree, course: Course) -> list[str]:
    """Return the modules that there are, if some are in several sibling folders.

    If one folder has all of them, and some of them alone, they are the work of one learner.
    """
    names = {exercise.filename: exercise.name for exercise in course.exercises}
    found: dict[tuple[str, tuple[str, ...]], str] = {}
    by_folder: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in tree.files:
        *folders, filename = path.split("/")
        if filename in names and not _ours(path) and not is_earlier(PurePosixPath(path)):
            if folders[-1:] == [names[filename]]:
                folders.pop()
            found[filename, tuple(folders)] = path
            by_folder[tuple(folders)].add(filename)
    siblings = Counter((filename, folders[:-1]) for filename, folders in found if folders)
    doubled = {filename for (filename, _), number in siblings.items() if number > 1}
    everything = {filename for filename, _ in found}
    is_one_learner = everything in by_folder.values() and doubled < everything
    return sorted(found.values()) if doubled and not is_one_learner else []


def _ours(path: str) -> str:
    """Return the folder of the course itself that a file is in, or an empty string."""
    *folders, _ = re.split(r"[\\/]", path)
    for folder in folders:
        if plain_name(folder.removesuffix(".zip").removesuffix(".tar.gz")) in OURS:
            return folder
    return ""


def _code_files(tree: FileTree, course: Course, notes: list[Text]) -> list[str]:
    def may_be_code(path: str) -> bool:
        name = PurePosixPath(path).name
        is_text = name.lower().endswith(TEXTS) and is_of_course(stem_of(name), course)
        return is_code(path) or is_text

    folders = {path: _ours(path) for path in tree.files if may_be_code(path)}
    ours = sorted(set(folders.values()) - {""})
    notes += [
        english("{folder}/ is not read: it belongs to the course", folder=shown(folder))
        for folder in ours
    ]
    return [path for path, folder in folders.items() if not folder]


def _rename(module: str, source: Source) -> Source:
    """Return the source under a file name that does not depend on the submission's location."""
    filename = f"/submission/{module}/{PurePosixPath(source.filename).name}"
    return replace(source, filename=filename)


def _others(exercise: Exercise, course: Course) -> tuple[Exercise, ...]:
    return tuple(one for one in (*course.exercises, *course.untaught) if one != exercise)


def _tell_choice(
    course: Course, choices: Mapping[str, Choice], candidates: Sequence[Candidate]
) -> list[Text]:
    chosen = {module: choice.best for module, choice in choices.items()}
    notes = [note for candidate in dict.fromkeys(chosen.values()) for note in candidate.notes]
    problems = (candidate.source.problem for candidate in dict.fromkeys(chosen.values()))
    notes += filter(None, problems)
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
    used.update(*(choice.named for choice in choices.values()))
    # What is left of a notebook that writes a file is no news.
    used |= {parent for path in used for parent in path.parents}
    others = [c.path for c in candidates if c.path not in used and not is_earlier(c.path)]
    return [*notes, *_tell_unused(others, course)]


def _tell_unused(paths: Iterable[PurePosixPath], course: Course) -> Iterator[Text]:
    """Say which files do not count: of what the course gives, does not teach, and others."""
    given, untaught = ({one.filename for one in part} for part in (course.given, course.untaught))
    by_kind: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        kind = "given" if path.name in given else "untaught" if path.name in untaught else ""
        by_kind[kind].append(shown(str(path)))
    files = {kind: listed(names, MAX_NAMED) for kind, names in by_kind.items()}
    if "given" in files:
        yield english("given by the course, whose own counts: {files}", files=files["given"])
    if "untaught" in files:
        yield english("not taught in this course: {files}", files=files["untaught"])
    if "" in files:
        yield english("not used: {files}", files=files[""])


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
