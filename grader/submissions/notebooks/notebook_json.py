"""Finds the sources of the cells in the JSON of a notebook, in any version of the format.

Outputs, attachments and the state of widgets are most of a notebook, and are cut out before the
rest is decoded and parsed. Therefore honest notebooks with many images are read, and hostile ones
take little memory.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from grader.messages.encodings import guess
from grader.messages.escaping import shown
from grader.messages.message import english
from grader.submissions.budget import Budget
from grader.submissions.file_tree import Unreadable

MAX_REST = 8 << 20  # bytes without outputs: in memory, a character takes up to four bytes
NEWEST_FORMAT = 4
CODE = {1: "code", 2: "input", 3: "input", 4: "source"}
"""The key of a cell's source, by version of the format."""

# In a string, a quotation mark follows a backslash: these are found only as keys.
_CUT = re.compile(rb'"(?:outputs|attachments|widgets)"\s*:\s*[\[{]')
_CONFLICT = re.compile(rb"^(?:<{7}|>{7}) ", re.MULTILINE)
# The next bracket outside strings. The quantifiers are possessive, as they never have to go back.
_BRACKET = re.compile(rb'(?:[^"\[\]{}]++|"[^"\\]*+(?:\\.[^"\\]*+)*+")*+([\[\]{}])', re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """A cell of a notebook.

    Attributes
    ----------
    kind : str
        ``code``, ``markdown``, ``raw``, or what else the notebook says.
    source : str
        Its text.
    """

    kind: str
    source: str


def cells_of(content: bytes, budget: Budget) -> list[Cell]:
    """Return the cells, in order.

    Parameters
    ----------
    content : bytes
        Content of the .ipynb file.
    budget : Budget
        Charged for its values.

    Raises
    ------
    Unreadable
        If it is not a notebook in Python of a known format, or exceeds the budget. Damage may also
        raise a KeyError, TypeError, ValueError or AttributeError.
    """
    raw = _load(content, budget)
    language = _language_of(raw.get("metadata", {}))
    if not language.lower().startswith(("python", "ipython")):
        raise Unreadable(
            english(
                "is written in {language}: hand in a notebook in Python", language=shown(language)
            )
        )
    version = raw["nbformat"]
    sheets = raw["worksheets"] if version in (2, 3) else [raw]
    cells = [cell for sheet in sheets for cell in sheet["cells"]]
    found = [Cell(cell["cell_type"], _source_of(cell, version)) for cell in cells]
    for number, source in enumerate((cell.source for cell in found if cell.kind == "code"), 1):
        try:
            source.encode()
        except UnicodeEncodeError:
            raise Unreadable(
                english(
                    "contains an unpaired surrogate in code cell {number}: retype it", number=number
                )
            ) from None
    return found


def without_outputs(content: bytes, budget: Budget) -> bytes:
    """Return the JSON of a notebook with empty outputs, attachments and widgets.

    Parameters
    ----------
    content : bytes
        The notebook. If it is cut short in an output, so is the result.
    budget : Budget
        Charged for the brackets in what is cut out.
    """
    pieces, begin = [], 0
    while found := _CUT.search(content, begin):
        pieces.append(content[begin : found.end()])
        begin = _end_of(content, found.end(), budget)
    pieces.append(content[begin:])
    return b"".join(pieces)


def _end_of(content: bytes, begin: int, budget: Budget) -> int:
    """Return the place of the bracket that closes the one before `begin`."""
    depth, place = 1, begin
    while bracket := _BRACKET.match(content, place):
        budget.charge_tokens(1)
        place = bracket.end()
        depth += 1 if bracket[1] in b"[{" else -1
        if not depth:
            return place - 1
    return len(content)


def _load(content: bytes, budget: Budget) -> dict[str, Any]:
    rest = without_outputs(content, budget)
    if len(rest) > MAX_REST:
        raise Unreadable(
            english(
                "has {number:,} bytes besides its outputs, where {most:,} are read: "
                "hand in only your own code",
                number=len(rest),
                most=MAX_REST,
            )
        )
    budget.charge_tokens(sum(map(rest.count, (b"[", b"{", b","))))
    try:
        raw = json.loads(rest.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        found = f"byte 0x{rest[error.start]:02x}" if error.start < len(rest) else "its end"
        if budget.may_guess() and (encoding := guess(content)):
            found += f", most likely {encoding}"
        raise Unreadable(
            english("is not encoded in UTF-8 ({found}): save it from Jupyter", found=found)
        ) from error
    except RecursionError as error:
        raise Unreadable(
            english("is nested too deeply for a notebook: save it from Jupyter")
        ) from error
    except ValueError as error:
        if conflict := _CONFLICT.search(rest):
            told = english(
                "has marks of a merge conflict (line {line}): keep one of the two versions",
                line=rest.count(b"\n", 0, conflict.start()) + 1,
            )
            raise Unreadable(told) from error
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


def _source_of(cell: dict[str, Any], version: int) -> str:
    if cell["cell_type"] != "code":
        text = cell.get("source", "")
        lines = text if isinstance(text, list) else [text]
        return "".join(line for line in lines if isinstance(line, str))
    source = cell[CODE[version]] if version == NEWEST_FORMAT else cell.get(CODE[version], "")
    if isinstance(source, list):
        return ("\n" if version == 2 else "").join(source)
    if not isinstance(source, str):
        raise TypeError(f"a source of type {type(source).__name__}")
    return source


def _language_of(metadata: dict[str, Any]) -> str:
    """Return the language that is recorded in the metadata, or Python if none is."""
    for place, key in (("language_info", "name"), ("kernelspec", "language")):
        found = metadata.get(place)
        language = found.get(key) if isinstance(found, dict) else None
        if language and isinstance(language, str):
            return language
    return "python"
