"""A notebook as code: the source of its code cells, without what only IPython understands.

Nothing is run, and IPython is not needed. Whatever was handed in, reading it ends with a value or
with `Unreadable`.
"""

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.file_tree import Unreadable
from grader.submissions.ipython_magics import CELL_MAGIC, blank_magics

MAX_NOTES = 20
MAX_QUOTED = 60  # characters of an ignored line
MAX_NODES = 300_000  # lists and objects: each takes a hundred times its two characters
NEWEST_FORMAT = 4
SOURCES = ("source", "input", "code")  # what the formats call the code of a cell


@dataclass(frozen=True)
class Notebook:
    """What is code in a notebook.

    Attributes
    ----------
    cells : tuple of str
        The source of each code cell, in order. What is not Python has been blanked, so that all
        lines keep their numbers; a cell that is no Python at all is empty.
    exercises : tuple of str
        For each cell the exercise that its ``%%kata`` names, or an empty text.
    ignored : tuple of (int, str)
        Number of a cell, from 1, and what was ignored in it.
    """

    cells: tuple[str, ...]
    exercises: tuple[str, ...]
    ignored: tuple[tuple[int, str], ...]

    @property
    def notes(self) -> tuple[Text, ...]:
        """What was ignored, for people."""
        notes: list[Text] = [
            english("cell {number}: {line} is ignored", number=number, line=_quoted(line))
            for number, line in self.ignored
        ]
        if len(notes) > MAX_NOTES:
            notes[MAX_NOTES:] = [english("and {number:,} more", number=len(notes) - MAX_NOTES)]
        return tuple(notes)

    def only(self, is_wanted: Callable[[str], bool]) -> "Notebook":
        """The same with all other cells empty: each keeps its number.

        Parameters
        ----------
        is_wanted : callable
            Whether the cells of an exercise are kept; an empty text stands for none.
        """
        kept = [is_wanted(exercise) for exercise in self.exercises]
        cells = (cell if keep else "" for cell, keep in zip(self.cells, kept, strict=True))
        ignored = ((number, line) for number, line in self.ignored if kept[number - 1])
        return Notebook(tuple(cells), self.exercises, tuple(ignored))


def read_cells(content: bytes, name: str) -> Notebook:
    """Read the code cells of a notebook.

    Parameters
    ----------
    content : bytes
        The file.
    name : str
        What messages call it.

    Raises
    ------
    Unreadable
        If it is no notebook, is of a newer format than is known, or holds another language.
    """
    try:
        sources = list(_code_of(_load(content)))
    except Unreadable as error:
        raise error.of(name) from None
    except Exception as error:  # nbformat raises whatever its dicts and lists raise
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
    """The exercise that a cell is, by its ``%%kata``; other cell magics may stand before it."""
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


def _load(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        if text.count("{") + text.count("[") > MAX_NODES:
            raise Unreadable(english("is too large: clear its outputs, and save it again"))
        raw = json.loads(text)
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x}" if error.start < len(content) else "its end"
        raise Unreadable(
            english("is not encoded in UTF-8 ({found}): save it from Jupyter", found=found)
        ) from error
    except RecursionError as error:
        raise Unreadable(
            english("is nested too deeply for a notebook: save it from Jupyter")
        ) from error
    except ValueError as error:
        raise Unreadable(
            english("is no notebook, as it is not JSON ({why}): save it from Jupyter", why=error)
        ) from error
    is_notebook = isinstance(raw, dict) and ("cells" in raw or "worksheets" in raw)
    if not is_notebook or type(raw.get("nbformat")) is not int or raw["nbformat"] < 1:
        raise Unreadable(english("is JSON, but no notebook: hand in the .ipynb from Jupyter"))
    if raw["nbformat"] > NEWEST_FORMAT:
        raise Unreadable(
            english(
                "is a notebook of format {format}, and the newest that is known is {newest}: "
                "save it from Jupyter in that one",
                format=shown(str(raw["nbformat"])),
                newest=NEWEST_FORMAT,
            )
        )
    return raw  # type: ignore[no-any-return]


def _keep_only_code(sheet: dict[str, Any]) -> None:
    """Leave nothing for nbformat to convert but sources.

    It would write as many ``#`` before a heading as the notebook asks for.
    """
    sheet["cells"] = [
        {key: cell[key] for key in SOURCES if key in cell}
        | {"cell_type": "code", "metadata": {}, "outputs": []}
        for cell in sheet["cells"]
        if cell["cell_type"] == "code"
    ]


def _code_of(raw: dict[str, Any]) -> Iterator[str]:
    import nbformat  # here, because it takes a fifth of a second

    convert: Any = nbformat.convert  # it has no types
    for sheet in (raw, *raw.get("worksheets", ())):
        if "cells" in sheet:
            _keep_only_code(sheet)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Not `nbformat.reads`, which validates: what a schema objects to may be code all the same.
        version = nbformat.versions[raw["nbformat"]]
        notebook = version.to_notebook_json(raw, minor=raw.get("nbformat_minor", 0))
        notebook = convert(notebook, NEWEST_FORMAT)
    language = _language_of(notebook.get("metadata"))
    if not language.lower().startswith(("python", "ipython")):
        raise Unreadable(
            english(
                "is written in {language}: hand in a notebook in Python", language=shown(language)
            )
        )
    for number, cell in enumerate(notebook["cells"], 1):
        source = cell["source"]
        if not isinstance(source, str):
            raise TypeError(f"a source of type {type(source).__name__}")
        try:
            source.encode()
        except UnicodeEncodeError:
            raise Unreadable(
                english("has half a character in code cell {number}: retype it", number=number)
            ) from None
        yield source


def _language_of(metadata: Any) -> str:
    """The language that the kernel told when the notebook was saved; Python, if it did not."""
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(place) if isinstance(metadata, dict) else None
        language = found.get(key) if isinstance(found, dict) else None
        if language and isinstance(language, str):
            return language
    return "python"
