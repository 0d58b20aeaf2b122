"""Reads the code cells of notebooks, without what only IPython understands.

Nothing is run, and IPython is not needed. For any input, reading either returns a value or raises
`Unreadable`.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from grader.course.limits import Limits
from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.budget import Budget
from grader.submissions.code_files import code_kind
from grader.submissions.file_tree import Unreadable
from grader.submissions.notebooks.ipython_magics import CELL_MAGIC, TOKENS, blank_magics
from grader.submissions.notebooks.notebook_json import Cell, cells_of

# What IPython writes to a file: with ``-a``, at its end.
_WRITE = re.compile(
    r"\s*%%(?:writefile|file)[ \t]+(?P<append>(?:-a|--append)[ \t]+)?(?P<file>[^\n]*)\n?"
)
_DEFINITION = re.compile(r"((?:class|def)[ \t]+\w+)[ \t]*[(:]")
MAX_NOTES = 20
MAX_QUOTED = 60  # characters of an ignored line


@dataclass(frozen=True)
class Notebook:
    """The code of a notebook.

    Attributes
    ----------
    cells : tuple of str
        The source of each code cell, in order. What is not Python is blanked, so that all lines
        keep their numbers; a cell in another language is empty.
    exercises : tuple of str
        For each cell, the exercise that its ``%%kata`` names, or an empty string.
    ignored : tuple of (int, str)
        Cell numbers, from 1, each with a line that was ignored in it.
    misplaced : tuple of (int, str, str), default ()
        Definitions in cells that are not code: the number among all cells, from 1, the type of the
        cell, and the beginning of the definition, such as ``class Affine``.
    files : dict of str to list of (int, str)
        The .py files that cells with ``%%writefile`` write: the numbers and texts of the cells that
        a file consists of. These cells are empty in `cells`.
    """

    cells: tuple[str, ...]
    exercises: tuple[str, ...]
    ignored: tuple[tuple[int, str], ...]
    misplaced: tuple[tuple[int, str, str], ...] = ()
    files: Mapping[str, list[tuple[int, str]]] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Messages on what was ignored, at most `MAX_NOTES` and one more."""
        notes: list[Text] = [
            english("cell {number}: {line} is ignored", number=number, line=quoted(line))
            for number, line in self.ignored[:MAX_NOTES]
        ]
        if len(self.ignored) > MAX_NOTES:
            notes.append(english("and {number:,} more", number=len(self.ignored) - MAX_NOTES))
        return tuple(notes)

    def only(self, is_wanted: Callable[[str], bool]) -> "Notebook":
        """Return the notebook with all other cells emptied, so that each keeps its number.

        Parameters
        ----------
        is_wanted : callable
            Takes the name of an exercise, or an empty string for a cell without one, and returns
            whether its cells are kept.
        """
        kept = [is_wanted(exercise) for exercise in self.exercises]
        cells = (cell if keep else "" for cell, keep in zip(self.cells, kept, strict=True))
        ignored = ((number, line) for number, line in self.ignored if kept[number - 1])
        return replace(self, cells=tuple(cells), ignored=tuple(ignored))


def read_cells(content: bytes, name: str, budget: Budget | None = None) -> Notebook:
    """Read the code cells of a notebook.

    Parameters
    ----------
    content : bytes
        Content of the .ipynb file.
    name : str
        Name of the notebook in error messages.
    budget : Budget, optional
        What may still be read of the submission; by default that of a submission of its own.

    Raises
    ------
    Unreadable
        If it is not a notebook, has an unknown newer format, is in another language, or exceeds
        the budget.
    """
    budget = budget or Budget(Limits())
    try:
        found = cells_of(content, budget)
        sources = [cell.source for cell in found if cell.kind == "code"]
        exercises = [_exercise_of(source) for source in sources]
        sizes: Counter[str] = Counter()
        for exercise, source in zip(exercises, sources, strict=True):
            sizes[exercise] += len(source)
        for size in sizes.values():  # cells that name no exercise count together
            budget.charge_code(size)
        budget.charge_tokens(sum(source.count(sign) for source in sources for sign in TOKENS))
    except Unreadable as error:
        raise error.of(name) from None
    except Exception as error:  # KeyError, TypeError and others on invalid input
        told = english("is a damaged notebook: open it in Jupyter, and save it again")
        raise Unreadable(told).of(name) from error
    cells, ignored = [], []
    files: dict[str, list[tuple[int, str]]] = {}
    for number, source in enumerate(sources, 1):
        cell, lines = _file_in(source, number, files) or blank_magics(source)
        cells.append(cell)
        ignored += [(number, line) for line in lines]
    return Notebook(tuple(cells), tuple(exercises), tuple(ignored), tuple(_misplaced(found)), files)


def _file_in(
    source: str, number: int, files: dict[str, list[tuple[int, str]]]
) -> tuple[str, list[str]] | None:
    """Add what a cell writes to a .py file; return what is left of the cell, or None."""
    magic = _WRITE.match(source)
    name = magic["file"].strip().strip("\"'") if magic else ""
    if magic is None or code_kind(name) != "py":
        return None
    if not magic["append"]:
        files.pop(name, None)
    above = "\n" * source.count("\n", 0, magic.end())  # lines keep their numbers
    files.setdefault(name, []).append((number, above + source[magic.end() :]))
    return "", []


def _misplaced(cells: Iterable[Cell]) -> Iterator[tuple[int, str, str]]:
    """Yield the definitions in cells that are not code, outside quoted code; see `Notebook`."""
    for number, cell in enumerate(cells, 1):
        if cell.kind not in ("markdown", "raw"):
            continue
        is_quoted = False
        for line in cell.source.splitlines():
            if line.lstrip().startswith(("```", "~~~")):
                is_quoted = not is_quoted
            defined = None if is_quoted else _DEFINITION.match(line)
            if defined and line.split("#")[0].rstrip().endswith(":"):
                yield number, cell.kind, defined[1]


def _exercise_of(source: str) -> str:
    """Return the exercise that the ``%%kata`` of a cell names; other magics may precede it."""
    for line in source.splitlines():
        magic = CELL_MAGIC.match(line)
        if magic and magic[1] == "kata":
            return line[magic.end() :].strip()
        if line.strip() and not magic:
            break
    return ""


def quoted(line: str) -> str:
    """Return the beginning of a line of code, for messages."""
    line = line.strip()
    return shown(line if len(line) <= MAX_QUOTED else f"{line[:MAX_QUOTED]}...")
