"""Reads the code cells of notebooks, without what only IPython understands.

Nothing is run, and IPython is not needed. For any input, reading either returns a value or raises
`Unreadable`.
"""

import json
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.messages.encodings import guess
from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.file_tree import Unreadable
from grader.submissions.ipython_magics import CELL_MAGIC, blank_magics

MAX_NOTES = 20
MAX_QUOTED = 60  # characters of an ignored line
MAX_NODES = 300_000  # lists and objects: in memory, "[]" takes a hundred times its two characters
NEWEST_FORMAT = 4
SOURCES = ("source", "input", "code")  # the key of a cell's code, by version of the format


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
            for number, line in self.ignored
        ]
        if len(notes) > MAX_NOTES:
            notes[MAX_NOTES:] = [english("and {number:,} more", number=len(notes) - MAX_NOTES)]
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


def read_cells(content: bytes, name: str) -> Notebook:
    """Read the code cells of a notebook.

    Parameters
    ----------
    content : bytes
        Content of the .ipynb file.
    name : str
        Name of the notebook in error messages.

    Raises
    ------
    Unreadable
        If it is not a notebook, has an unknown newer format, or is in another language.
    """
    try:
        sources = list(_code_of(_load(content)))
    except Unreadable as error:
        raise error.of(name) from None
    except Exception as error:  # nbformat raises KeyError, TypeError and others on invalid input
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


def _load(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8-sig")
        if text.count("{") + text.count("[") > MAX_NODES:
            raise Unreadable(english("is too large: clear its outputs, and save it again"))
        raw = json.loads(text)
    except UnicodeDecodeError as error:
        found = f"byte 0x{content[error.start]:02x}" if error.start < len(content) else "its end"
        if encoding := guess(content):
            found += f", most likely {encoding}"
        raise Unreadable(
            english("is not encoded in UTF-8 ({found}): save it from Jupyter", found=found)
        ) from error
    except RecursionError as error:
        raise Unreadable(
            english("is nested too deeply for a notebook: save it from Jupyter")
        ) from error
    except ValueError as error:
        raise Unreadable(
            english("is not a notebook, as it is not JSON ({why}): save it from Jupyter", why=error)
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
    """Remove everything except sources before nbformat converts the notebook.

    Otherwise a heading of a huge level would make nbformat write as many ``#`` characters.
    """
    sheet["cells"] = [
        {key: cell[key] for key in SOURCES if key in cell}
        | {"cell_type": "code", "metadata": {}, "outputs": []}
        for cell in sheet["cells"]
        if cell["cell_type"] == "code"
    ]


def _code_of(raw: dict[str, Any]) -> Iterator[str]:
    import nbformat  # here, because the import takes 0.2 s

    convert: Any = nbformat.convert  # it is not annotated
    for sheet in (raw, *raw.get("worksheets", ())):
        if "cells" in sheet:
            _keep_only_code(sheet)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Not `nbformat.reads`, which validates: a notebook may violate the schema and still have
        # readable code.
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
                english(
                    "contains an unpaired surrogate in code cell {number}: retype it", number=number
                )
            ) from None
        yield source


def _language_of(metadata: Any) -> str:
    """Return the language that is recorded in the metadata, or Python if none is."""
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(place) if isinstance(metadata, dict) else None
        language = found.get(key) if isinstance(found, dict) else None
        if language and isinstance(language, str):
            return language
    return "python"
