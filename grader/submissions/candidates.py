"""Reads the files of a submission that may be modules of the course, by their content."""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import PurePosixPath

from grader.course.course import Course, Exercise
from grader.course.modules import decode, defined_in, names_of
from grader.messages.escaping import shown
from grader.messages.listing import listed
from grader.messages.message import Text, english, joined
from grader.submissions.budget import Budget, OverBudget
from grader.submissions.code_files import code_kind, may_be_notebook
from grader.submissions.file_tree import FileTree, NotRead, Unreadable
from grader.submissions.notebooks.exported_file import without_magics
from grader.submissions.notebooks.notebook_cells import Notebook, read_cells
from grader.worker.source import Source

_LINES = "\r\n"
MAX_NAMED = 5  # files or cells named in one note
_JSON = re.compile(rb"\s*\{")
_NOTEBOOK = re.compile(rb'"(?:cells|worksheets)"\s*:')


@dataclass(frozen=True)
class Candidate:
    """A file, or part of a notebook, that may be one or more modules of the course.

    Attributes
    ----------
    path : PurePosixPath
        Where it is.
    source : Source
        Its code, or why it cannot be read.
    notes : tuple of str or Message, default ()
        What was ignored in it.
    exercise : Exercise or None, default None
        The only one that it may be: its ``%%kata`` names it.
    is_rest : bool, default False
        Whether it is what is left of a notebook, other cells of which are said to be something.
    misplaced : frozenset of str, default frozenset()
        Names that are defined in cells that are not code.
    order : tuple of int, default (0, 0)
        As in `grader.submissions.file_tree.File`.
    changed : (str, float) or None, default None
        As in `grader.submissions.file_tree.File`.
    """

    path: PurePosixPath
    source: Source
    notes: tuple[Text, ...] = ()
    exercise: Exercise | None = None
    is_rest: bool = False
    misplaced: frozenset[str] = frozenset()
    order: tuple[int, int] = (0, 0)
    changed: tuple[str, float] | None = None

    @cached_property
    def code(self) -> str:
        """The source without comments, empty lines and trailing spaces."""
        lines = "\n".join(self.source.parts().values()).splitlines()
        return "\n".join(kept for line in lines if (kept := line.split("#")[0].rstrip()))

    @cached_property
    def defined(self) -> frozenset[str]:
        """Names of the classes and functions that it defines."""
        return defined_in("\n".join(self.source.parts().values()))


def candidates_in(path: str, tree: FileTree, course: Course, budget: Budget) -> list[Candidate]:
    """Read one file of a submission.

    Parameters
    ----------
    path : str
        Path of the file.
    tree : FileTree
        The submission.
    course : Course
        Its exercises may be named in a notebook.
    budget : Budget
        What may still be read.

    Returns
    -------
    list of Candidate
        One, or several parts of a notebook. If the file cannot be read, the source says why.

    Raises
    ------
    OverBudget
        If the submission is too large.
    NotRead
        If the file cannot be read on the instructor's disk.
    """
    where = PurePosixPath(path)
    try:
        content = tree.read(path, budget.most_of(path))
        if _is_notebook(path, content):
            found = _parts_of(read_cells(content, where.name, budget), path, course)
        else:
            found = [_of_text(path, content, budget)]
    except (OverBudget, NotRead):
        raise
    except Unreadable as error:
        found = [Candidate(where, Source(path, "", error.text))]
    order, changed = tree.age_of(path)
    return [replace(one, order=order, changed=changed) for one in found]


def _is_notebook(path: str, content: bytes) -> bool:
    """Return whether a file is read as a notebook: by its content if that is clear."""
    is_json = _JSON.match(content.removeprefix(codecs.BOM_UTF8)) is not None
    if code_kind(path) == "ipynb":
        is_python = not is_json and defined_in(content.decode("utf-8", "replace"))
        return not is_python
    return is_json and _NOTEBOOK.search(content) is not None


def _of_text(path: str, content: bytes, budget: Budget) -> Candidate:
    where = PurePosixPath(path)
    if may_be_notebook(path):  # its size was not limited as that of a module is
        budget.charge_code(len(content))
    source, ignored = without_magics(decode(path, content, budget.may_guess), budget.charge_tokens)
    return Candidate(where, source, _about(where, ignored))


def _about(where: PurePosixPath, notes: tuple[Text, ...]) -> tuple[Text, ...]:
    return tuple(joined([shown(where.name), ", ", note]) for note in notes)


def _parts_of(notebook: Notebook, path: str, course: Course) -> list[Candidate]:
    """Return the files that a notebook writes, then its cells.

    The cells of each exercise that ``%%kata`` names are apart from all other cells.
    """
    where = PurePosixPath(path)
    parts = [_written(where, name, cells) for name, cells in notebook.files.items()]
    named: set[str] = set()
    for exercise in course.exercises:
        names = {exercise.name, exercise.module}
        if not names.isdisjoint(notebook.exercises):
            parts.append(_part(notebook.only(names.__contains__), where, exercise=exercise))
            named |= names
    rest = _part(notebook.only(lambda name: name not in named), where, is_rest=bool(parts))
    defined = rest.defined.union(*(part.defined for part in parts))
    lacking = frozenset().union(*map(names_of, course.exercises)) - defined
    misplaced = {
        definition.split()[1]: _tell_misplaced(number, kind, definition)
        for number, kind, definition in notebook.misplaced
        if definition.split()[1] in lacking
    }
    notes = (*_about(where, tuple(misplaced.values())), *rest.notes)
    return [*parts, replace(rest, notes=notes, misplaced=frozenset(misplaced))]


def _part(
    part: Notebook, where: PurePosixPath, exercise: Exercise | None = None, is_rest: bool = False
) -> Candidate:
    source = Source(str(where), "", cells=part.cells)
    filled = {place: text for place, text in source.parts().items() if text.strip()}
    if exercise is not None and len(filled) == 1:
        ((place, text),) = filled.items()
        source = Source(place, text)  # a single cell is treated as a file: its errors count
    return Candidate(where, source, _about(where, part.notes), exercise, is_rest)


def _written(where: PurePosixPath, name: str, cells: Sequence[tuple[int, str]]) -> Candidate:
    """Return a file that cells write."""
    inner = [part for part in re.split(r"[\\/]", name) if part not in ("", ".", "..")]
    place, text = f"{where} cell {cells[0][0]}", cells[0][1]
    if len(cells) > 1:  # lines are counted in the file
        place, text = (
            f"{where}/{inner[-1]}",
            "".join(f"{text.strip(_LINES)}\n" for _, text in cells),
        )
    numbers = listed([str(number) for number, _ in cells], MAX_NAMED)
    told = english("cell {number} is the file {file}", number=numbers, file=shown(name))
    return Candidate(where.joinpath(*inner), Source(place, text), _about(where, (told,)))


def _tell_misplaced(number: int, kind: str, definition: str) -> Text:
    if kind == "raw":
        return english(
            "cell {number} is a raw cell but holds {definition}: make it a code cell",
            number=number,
            definition=definition,
        )
    return english(
        "cell {number} is a Markdown cell but holds {definition}: make it a code cell",
        number=number,
        definition=definition,
    )
