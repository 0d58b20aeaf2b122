"""The code of one module of a submission: text, which only a worker runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Text, pack, unpack


@dataclass(frozen=True)
class Source:
    """One module of a submission.

    Attributes
    ----------
    filename : str
        Where it came from; tracebacks name it.
    text : str
        The code.
    problem : str or Message, default ""
        Why there is no code: importing the module says so.
    cells : tuple of str, default ()
        For a notebook, the code of its cells in place of `text`. They run one after another; one
        that fails does not hide those after it.
    """

    filename: str
    text: str
    problem: Text = ""
    cells: tuple[str, ...] = ()

    def parts(self) -> Mapping[str, str]:
        """What is run, by the name that a traceback shows."""
        if not self.cells:
            return {self.filename: self.text}
        return {f"{self.filename} cell {n}": cell for n, cell in enumerate(self.cells, 1)}


def plain_source(source: Source) -> list[Any]:
    """A source as a value of JSON."""
    return [source.filename, source.text, pack(source.problem), list(source.cells)]


def source_from(content: list[Any]) -> Source:
    """The source that `plain_source` made something of.

    Parameters
    ----------
    content : list
        What it made.
    """
    filename, text, problem, cells = content
    return Source(filename, text, unpack(problem), tuple(cells))
