"""Reads tables of CSV: their encoding, their separator, their rows."""

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import RosterError

MAX_ROSTER = 16 << 20  # bytes
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
    line = error.object[: error.start].count(b"\n") + 1
    try:
        # Much of what is not Chinese is valid GBK too; hardly any of it is valid GB2312.
        content.decode("gb2312")
        guess = "It looks like GBK. "
    except UnicodeDecodeError:
        guess = ""
    found = f"byte 0x{error.object[error.start]:02x}"
    return (
        f"{path}, line {line}: expected UTF-8, found {found}. {guess}"
        'Save it as UTF-8 (in Excel: Save As, "CSV UTF-8")'
    )


def records(path: Path, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The records that are not empty, each with the line that it starts in."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise RosterError(
                f"{path}, line {line}: expected a line of CSV, found what cannot be parsed "
                f"({error}). Is a quote not closed?"
            ) from None
        cells = [" ".join(cell.split()) for cell in record]
        if any(cells):
            yield line, cells
