"""A notebook as code: the source of its code cells, without what only IPython understands.

Nothing is run, and IPython is not needed. Whatever was handed in, reading it ends with a value or
with `Unreadable`.
"""

import json
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from grader.tree import Unreadable, shown
from grader.words import english

MAX_NOTES = 20
MAX_QUOTED = 60  # characters of an ignored line
MAX_NODES = 300_000  # lists and objects: each takes a hundred times its two characters
NEWEST_FORMAT = 4
SOURCES = ("source", "input", "code")  # what the formats call the code of a cell

TRANSPARENT = ("time", "timeit", "capture", "prun", "debug", "kata")
"""Cell magics whose cell is code all the same."""

_CELL_MAGIC = re.compile(r"[ \t]*%%(\w*)")
_LINE_MAGIC = re.compile(r"[ \t\f]*[%!?]")

# What matters in code: strings, brackets, comments, line ends, and where IPython's own begins.
_CODE = re.compile(
    r"""(?:(?<!\w)(?P<prefix>[bBrRuUfFtT]{1,2}))?(?P<quote>\"\"\"|'''|["'])"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|\#[^\n]*|\\\n|(?P<newline>\n)|(?P<colon>:)"""
    r"""|(?P<assigned>=[ \t]*[%!])|(?P<help>\?)"""
)
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def _text_patterns(quote: str) -> dict[str, re.Pattern[str]]:
    """What matters in a string; in the text of an f-string; in a field of it, behind the colon."""
    end = quote if len(quote) == 3 else rf"{quote}|\n"
    field = rf"\\N\{{[^{{}}\n]*\}}|\\[^{{}}]|{end}"
    return {
        "string": re.compile(rf"\\.|{end}", re.DOTALL),
        "text": re.compile(rf"{field}|\{{\{{|\{{", re.DOTALL),
        "spec": re.compile(rf"{field}|\{{|\}}", re.DOTALL),
    }


_TEXT = {quote: _text_patterns(quote) for quote in ('"', "'", '"""', "'''")}


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
    def notes(self) -> tuple[str, ...]:
        """What was ignored, for people."""
        notes = [
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
        raise Unreadable(f"{shown(name)} {error}") from None
    except Exception as error:  # nbformat raises whatever its dicts and lists raise
        told = english("is a damaged notebook: open it in Jupyter, and save it again")
        raise Unreadable(f"{shown(name)} {told}") from error
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
        magic = _CELL_MAGIC.match(line)
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


def blank_magics(source: str) -> tuple[str, list[str]]:
    """Take out of a cell what only IPython understands.

    These are lines that begin with ``%``, ``!`` or ``?``, that end with ``?``, or that assign
    what a ``%magic`` or a ``!command`` answers; each becomes ``pass``. A cell magic, on the first
    line, is blanked if its cell is code, as with ``%%time``; or else its whole cell is.

    Parameters
    ----------
    source : str
        The cell.

    Returns
    -------
    tuple of str and list of str
        The code, with as many lines, and the lines that were ignored.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    ignored: list[str] = []
    first = 0
    while first < len(lines):
        if lines[first].strip():
            magic = _CELL_MAGIC.match(lines[first])
            if magic is None:
                break
            if magic[1] not in TRANSPARENT:
                return "\n" * (len(lines) - 1), [*ignored, f"%%{magic[1]} (with its whole cell)"]
            if magic[1] != "kata":  # this course's own
                ignored.append(lines[first])
            lines[first] = ""
        first += 1
    for begin, end in _find_magics("\n".join(lines)):
        ignored.append(lines[begin])
        indentation = lines[begin][: len(lines[begin]) - len(lines[begin].lstrip())]
        lines[begin : end + 1] = [f"{indentation}pass", *[""] * (end - begin)]
    return "\n".join(lines), ignored


def _find_magics(text: str) -> Iterator[tuple[int, int]]:
    """Number of the first and the last line of each magic, from 0."""
    position = number = 0
    while position < len(text):
        if _LINE_MAGIC.match(text, position):
            end, is_magic = _end_of_command(text, position), True
        else:
            end, is_magic = _end_of_statement(text, position)
        lines = text.count("\n", position, end)
        if is_magic:
            yield number, number + lines
        position, number = end + 1, number + lines + 1


def _end_of_command(text: str, position: int) -> int:
    """Where a magic ends that goes on while its lines end with a backslash."""
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        if text[end - 1] != "\\":
            return end
        position = end + 1


def _end_of_statement(text: str, begin: int) -> tuple[int, bool]:
    """Where a logical line of Python ends, and whether IPython's own syntax is in it.

    That is only looked for in what is not in brackets, a string or an f-string, and only in the
    first line of several: elsewhere a ``%`` or a ``!`` has another meaning.
    """
    end_of_line = text.find("\n", begin)
    end_of_line = len(text) if end_of_line < 0 else end_of_line
    around = _Surroundings()
    position, behind_help = begin, -1
    while token := around.pattern().search(text, position):
        position = token.end()
        if not around.frames:
            if token.lastgroup == "newline":
                break
            if token.lastgroup == "assigned" and position <= end_of_line:
                return _end_of_command(text, position), True
            if token.lastgroup == "help":
                behind_help = position
        if not around.step(token):
            position = token.start()
    end = token.start() if token else len(text)
    rest = text[behind_help:end].strip() if 0 <= behind_help <= end == end_of_line else "more"
    return end, rest == "" or rest.startswith("#")


class _Surroundings:
    """What is around a place in a logical line: brackets, strings, the fields of f-strings.

    Strings in a field may have the quotes of the one around them, as since Python 3.12.
    """

    def __init__(self) -> None:
        # "string", "text", "field" or "spec" with its quote, or "bracket" with what closes it.
        self.frames: list[tuple[str, str]] = []

    def pattern(self) -> re.Pattern[str]:
        """What to look for next."""
        kind, quote = self.frames[-1] if self.frames else ("bracket", "")
        return _CODE if kind in ("bracket", "field") else _TEXT[quote][kind]

    def step(self, token: re.Match[str]) -> bool:
        """Take what was found, and answer whether it is done with."""
        kind, mark = self.frames[-1] if self.frames else ("bracket", "")
        if kind in ("bracket", "field"):
            self._step_in_code(token, kind, mark)
            return True
        found = token[0]
        if found in (mark, "\n"):  # a line end ends a string that nobody closed
            while self.frames.pop()[0] not in ("string", "text"):
                pass
            return found == mark
        if found == "{":
            self.frames.append(("field", mark))
        elif found == "}":
            del self.frames[-2:]  # the text behind the colon, and the field
        return True

    def _step_in_code(self, token: re.Match[str], kind: str, mark: str) -> None:
        match token.lastgroup:
            case "quote":
                is_formatted = set(token["prefix"] or "") & set("fFtT")
                self.frames.append(("text" if is_formatted else "string", token["quote"]))
            case "open":
                self.frames.append(("bracket", _CLOSING[token[0]]))
            case "close" if token[0] == ("}" if kind == "field" else mark):
                self.frames.pop()
            case "colon" if kind == "field":
                self.frames.append(("spec", mark))
