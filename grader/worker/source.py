"""The source code of a module of a submission."""

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
        File name that tracebacks show.
    text : str
        The code.
    problem : str or Message, default ""
        Why the code cannot be read; importing the module raises a SyntaxError with this message.
    cells : tuple of str, default ()
        For a notebook, the code of its cells instead of `text`. They run one after another; if one
        fails, the next ones still run.
    exported : bool, default False
        Whether `text` was exported from a notebook: its statements run one after another, as cells
        do.
    """

    filename: str
    text: str
    problem: Text = ""
    cells: tuple[str, ...] = ()
    exported: bool = False

    def parts(self) -> Mapping[str, str]:
        """Return the code to run, by the file name that tracebacks show."""
        if not self.cells:
            return {self.filename: self.text}
        return {f"{self.filename} cell {n}": cell for n, cell in enumerate(self.cells, 1)}

    def code(self) -> str:
        """Return the code that `parts` returns as one text."""
        return "\n".join(self.parts().values())


def plain_source(source: Source) -> list[Any]:
    """Convert a source to a JSON value."""
    return [source.filename, source.text, pack(source.problem), list(source.cells), source.exported]


def source_from(content: list[Any]) -> Source:
    """Return the source that `plain_source` converted to `content`."""
    filename, text, problem, cells, exported = content
    return Source(filename, text, unpack(problem), tuple(cells), exported)
