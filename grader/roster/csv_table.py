"""Reads CSV files: encoding, delimiter, columns and records."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import RosterError
from grader.messages.encodings import guess, place_of
from grader.roster.workbook import is_workbook, text_of

MAX_ROSTER = 16 << 20  # bytes
MAX_CELL = 1 << 17  # characters: the limit of the csv module
EMPTY = ("", "-")
"""Cells without a value."""

_NEW_LINE = re.compile("\r\n|\r|\n")
_END = re.compile(r"\r\n|\r|\n|\Z")
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Column:
    """A column with a known header.

    Attributes
    ----------
    number : int
        Index of the column, from 0.
    header : str
        The header, in lower case and without punctuation.
    role : str
        The content: name, first, last, section, group, email, language, id or participant (of
        Moodle); time, until, exercise; grade and maximum, in Moodle's grading worksheet.
    """

    number: int
    header: str
    role: str


@dataclass(frozen=True)
class Table:
    """A CSV file, its delimiter, and its columns with known headers."""

    path: Path
    text: str
    delimiter: str
    line: int  # of the header
    header: tuple[str, ...]
    columns: tuple[Column, ...]  # those with known headers

    @property
    def is_canvas(self) -> bool:
        """Whether the table was exported from Canvas."""
        return any(column.header == "sis login id" for column in self.columns)

    @property
    def is_of_addresses(self) -> bool:
        """Whether learners can be identified by their addresses only."""
        roles = {column.role for column in self.columns}
        return "email" in roles and not roles & {"name", "first", "last", "id", "participant"}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the line number and the cells of each row below the header."""
        for line, cells in records(self.path, self.text, self.delimiter):
            if line > self.line:
                if any(cells[len(self.header) :]):
                    raise RosterError(
                        f"{self.path}, line {line}: expected {len(self.header)} cells, found "
                        f"{len(cells)}. Put quotes around a cell with a {self.delimiter!r} in it"
                    )
                yield line, cells


def read_bytes(path: Path) -> bytes:
    """Read a regular file of at most `MAX_ROSTER` bytes."""
    try:
        if path.is_dir():
            raise RosterError(f"{path} is a folder; expected a CSV file. Name the file in it")
        if not path.is_file():  # also rejects a pipe, which may never end
            raise RosterError(f"{path}: there is no such file. Expected a CSV file")
        with path.open("rb") as file:
            content = file.read(MAX_ROSTER + 1)
    except OSError as error:
        raise RosterError(
            f"{path} cannot be read: {error.strerror}. Check its permissions"
        ) from None
    if len(content) > MAX_ROSTER:
        raise RosterError(
            f"{path}: expected a roster, found more than {MAX_ROSTER >> 20} MiB. "
            "Is it the right file?"
        )
    return content


def decode(path: Path, content: bytes) -> str:
    """Return the text of a CSV file, in UTF-8 or with a mark in UTF-16, or of a workbook."""
    if is_workbook(content):
        return text_of(path, content)
    is_utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if is_utf16 else "utf-8-sig")
    except UnicodeDecodeError as error:
        raise RosterError(_tell_encoding(path, content, error)) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise RosterError(
            f"{path}, line {line}: expected text, found a NUL byte. Export it again as CSV in UTF-8"
        )
    return text


def _tell_encoding(path: Path, content: bytes, error: UnicodeDecodeError) -> str:
    line, byte = place_of(error)
    encoding = guess(content)
    likely = f"It is most likely {encoding}. " if encoding else ""
    return (
        f"{path}, line {line}: expected UTF-8, found byte 0x{byte:02x}. {likely}"
        'Save it as UTF-8 (in Excel: Save As, "CSV UTF-8")'
    )


@dataclass
class Record:
    """A record of a CSV file, with its cells as written, so that it can be written back unchanged.

    Attributes
    ----------
    line : int
        Number of its first line, from 1.
    cells : list of str
        The cells as written, including quotes.
    end : str
        The line ending; empty if the file ends without one.
    """

    line: int
    cells: list[str]
    end: str

    def __getitem__(self, number: int) -> str:
        """Return the text of a cell; empty if the record has fewer cells."""
        if number >= len(self.cells):
            return ""
        cell = self.cells[number].lstrip(" ")
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else self.cells[number]


def parse(path: Path, text: str, delimiter: str) -> Iterator[Record]:
    """Parse the records of a CSV file.

    The result has the same cells and lines as that of the csv module, which does not keep how a
    cell was written.

    Parameters
    ----------
    path : Path
        The file, for error messages.
    text : str
        Content of the file.
    delimiter : str
        Separator of cells, a single character.

    Raises
    ------
    RosterError
        If a quote is not closed or not followed by a delimiter, or a cell is longer than
        `MAX_CELL`.
    """
    cell = re.compile(rf' *"[^"]*+(?:""[^"]*+)*+"|(?! *")[^{re.escape(delimiter)}\r\n]*')
    cells: list[str] = []
    position, line = 0, 1
    while position < len(text) or cells:
        match = cell.match(text, position)
        end = _END.match(text, match.end()) if match else None
        if match is None or (end is None and not text.startswith(delimiter, match.end())):
            raise _malformed(path, line, "a quote is not closed, or has text after it")
        if len(match[0]) > MAX_CELL:
            raise _malformed(path, line, f"a cell has more than {MAX_CELL} characters")
        cells.append(match[0])
        if end is None:
            position = match.end() + len(delimiter)
            if position < len(text):
                continue
            cells.append("")
        yield Record(line, cells, end[0] if end else "")
        position = end.end() if end else position
        line += 1 + sum(len(_NEW_LINE.findall(one)) for one in cells)
        cells = []


def _malformed(path: Path, line: int, why: str) -> RosterError:
    return RosterError(
        f"{path}, line {line}: expected CSV, found a line that cannot be parsed ({why}). "
        "Is a quote not closed?"
    )


def records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the first line number and the cells of each record that is not empty.

    White space at the ends of a cell is removed, and runs of it become a single space.
    """
    for record in parse(path, text, delimiter):
        cells = [" ".join(record[number].split()) for number in range(len(record.cells))]
        if any(cells):
            yield record.line, cells
