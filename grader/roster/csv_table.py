"""Reads tables of CSV: their encoding, their separator, their rows."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import RosterError
from grader.messages.encodings import guess, place_of

MAX_ROSTER = 16 << 20  # bytes
MAX_CELL = 1 << 17  # characters: as the csv module has it
_NEW_LINE = re.compile("\r\n|\r|\n")
_END = re.compile(r"\r\n|\r|\n|\Z")
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True)
class Column:
    """A column of a roster that is understood.

    Attributes
    ----------
    number : int
        Its place, from 0.
    header : str
        What it is called, in lower case and without punctuation.
    role : str
        What is in it: name, first, last, section, email, language or id; or time, until,
        exercise.
    """

    number: int
    header: str
    role: str


@dataclass(frozen=True)
class Table:
    """A table, and which of its columns are understood."""

    path: Path
    text: str
    delimiter: str
    line: int  # of the header
    header: tuple[str, ...]
    columns: tuple[Column, ...]  # those that are understood

    @property
    def is_canvas(self) -> bool:
        """Whether Canvas wrote it."""
        return any(column.header == "sis login id" for column in self.columns)

    @property
    def is_of_addresses(self) -> bool:
        """Whether an address is all that tells who a row is about."""
        roles = {column.role for column in self.columns}
        return "email" in roles and not roles & {"name", "first", "last", "id"}

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row below the header."""
        for line, cells in records(self.path, self.text, self.delimiter):
            if line > self.line:
                if any(cells[len(self.header) :]):
                    raise RosterError(
                        f"{self.path}, line {line}: expected {len(self.header)} cells, found "
                        f"{len(cells)}. Put quotes around a cell with a {self.delimiter!r} in it"
                    )
                yield line, cells


def read_bytes(path: Path) -> bytes:
    """Read a file that may not be too large."""
    try:
        if path.is_dir():
            raise RosterError(f"{path} is a folder; expected a CSV file. Name the file in it")
        if not path.is_file():  # nor a pipe, which may never end
            raise RosterError(f"{path}: there is no such file. Expected the roster, a CSV file")
        with path.open("rb") as file:
            content = file.read(MAX_ROSTER + 1)
    except OSError as error:
        raise RosterError(
            f"{path} cannot be read: {error.strerror}. Check who may read it"
        ) from None
    if len(content) > MAX_ROSTER:
        raise RosterError(
            f"{path}: expected a roster, found more than {MAX_ROSTER >> 20} MiB. "
            "Is it the right file?"
        )
    return content


def decode(path: Path, content: bytes) -> str:
    """Decode a table: UTF-8 or UTF-16."""
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
    """A record of a CSV file: its cells as they are written, so that they can be written back.

    Attributes
    ----------
    line : int
        The line in which it begins, from 1.
    cells : list of str
        As they are written, quotes and all.
    end : str
        The end of its last line; empty where the file ends without one.
    """

    line: int
    cells: list[str]
    end: str

    def __getitem__(self, number: int) -> str:
        """The text of a cell; empty where the record is too short."""
        if number >= len(self.cells):
            return ""
        cell = self.cells[number].lstrip(" ")
        return cell[1:-1].replace('""', '"') if cell.startswith('"') else self.cells[number]


def parse(path: Path, text: str, delimiter: str) -> Iterator[Record]:
    """Read all records.

    The csv module does not tell how a cell was written, which is needed to write it back; it
    reads the same cells in the same lines.

    Parameters
    ----------
    path : Path
        The file, for messages.
    text : str
        Its content.
    delimiter : str
        One character, which separates cells.

    Raises
    ------
    RosterError
        If a quote is not closed, is followed by something else than a delimiter, or a cell is too
        long.
    """
    cell = re.compile(rf' *"[^"]*+(?:""[^"]*+)*+"|(?! *")[^{re.escape(delimiter)}\r\n]*')
    cells: list[str] = []
    position, line = 0, 1
    while position < len(text) or cells:
        match = cell.match(text, position)
        end = _END.match(text, match.end()) if match else None
        if match is None or (end is None and not text.startswith(delimiter, match.end())):
            raise _malformed(path, line, "a quote is not closed, or a cell goes on behind it")
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
        f"{path}, line {line}: expected a line of CSV, found what cannot be parsed ({why}). "
        "Is a quote not closed?"
    )


def records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not empty, each with the line that it starts in."""
    for record in parse(path, text, delimiter):
        cells = [" ".join(record[number].split()) for number in range(len(record.cells))]
        if any(cells):
            yield record.line, cells
