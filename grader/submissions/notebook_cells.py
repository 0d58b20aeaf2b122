"""Reads the code cells of notebooks, without what only IPython understands.

Nothing is run, and IPython is not needed. For any input, reading either returns a value or raises
`Unreadable`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from grader.course.limits import Limits
from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.budget import Budget
from grader.submissions.file_tree import Unreadable
from grader.submissions.formats.notebook_json import sources_of
from grader.submissions.ipython_magics import CELL_MAGIC, TOKENS, blank_magics

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
    """

    cells: tuple[str, ...]
    exercises: tuple[str, ...]
    ignored: tuple[tuple[int, str], ...]

    @property
    def notes(self) -> tuple[Text, ...]:
        """Messages on what was ignored, at most `MAX_NOTES` and one more."""
        notes: list[Text] = [
            english("cell {number}: {line} is ignored", number=number, line=_quoted(line))
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
        return Notebook(tuple(cells), self.exercises, tuple(ignored))


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
        sources = sources_of(content, budget)
        budget.charge_code(sum(map(len, sources)))
        budget.charge_tokens(sum(source.count(sign) for source in sources for sign in TOKENS))
    except Unreadable as error:
        raise error.of(name) from None
    except Exception as error:  # KeyError, TypeError and others on invalid input
        told = english("is a damaged notebook: open it in Jupyter, and save it again")
        raise Unreadable(told).of(name) from error
    cells, exercises, ignored = [], [], []
    for number, source in enumerate(sources, 1):
        cell, lines = blank_magics(source)
        cells.append(cell)
        exercises.append(_exercise_of(source))
        ignored += [(number, line) for line in lines]
    return Notebook(tuple(cells), tuple(exercises), tuple(ignored))


def _exercise_of(source: str) -> str:
    """Return the exercise that the ``%%kata`` of a cell names; other magics may precede it."""
    for line in source.splitlines():
        magic = CELL_MAGIC.match(line)
        if magic and magic[1] == "kata":
            return line[magic.end() :].strip()
        if line.strip() and not magic:
            break
    return ""


def _quoted(line: str) -> str:
    line = line.strip()
    return shown(line if len(line) <= MAX_QUOTED else f"{line[:MAX_QUOTED]}...")
