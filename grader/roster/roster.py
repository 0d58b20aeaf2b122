"""Reads rosters: names, sections, addresses and ids of a class."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from grader.errors import CourseError, RosterError
from grader.messages.language import language_named
from grader.messages.listing import listed
from grader.roster.csv_table import (
    BYTE_ORDER_MARKS,
    EMPTY,
    Column,
    Table,
    decode,
    read_bytes,
    records,
)
from grader.roster.headers import understand
from grader.roster.worksheet import columns_of
from grader.roster.written_times import read_time

MAX_LISTED = 5  # names in an error message
_SEPARATOR = re.compile("sep=.?")  # a first line for Excel, which names the delimiter

_TEST_STUDENT = ("Student, Test", "Test Student")  # a fake learner that Canvas adds for the teacher


@dataclass(frozen=True)
class Learner:
    """A row of the roster.

    Attributes
    ----------
    name : str
        Name as written in the roster; without a name, the first id; without an id, the address.
    section : str, default ""
        Section or class as written, which may be several; without one, the group.
    email : str, default ""
        E-mail address.
    identifiers : tuple of str
        Identifiers that a submission may contain: ids, logins, the e-mail address, and its part
        before the ``@``.
    language : str, default ""
        Language of the learner's feedback; empty if the roster has none.
    group : str, default ""
        Group of learners who hand in together, as written, which may be several.
    """

    name: str
    section: str = ""
    email: str = ""
    identifiers: tuple[str, ...] = ()
    language: str = ""
    group: str = field(default="", compare=False)  # who somebody is does not depend on it

    @property
    def sections(self) -> tuple[str, ...]:
        """Names of all sections: that of the cell, and its parts if it lists several."""
        return _parts(self.section)

    @property
    def groups(self) -> tuple[str, ...]:
        """Names of all groups, in the same way."""
        return _parts(self.group)


def _parts(cell: str) -> tuple[str, ...]:
    """Return the whole of a cell, and what it lists: "A and B" (Canvas), "A, B" or "A; B"."""
    found = [one.strip() for one in re.split(r"[,;]\s*(?:and\s)?|\sand\s", cell)]
    return tuple(dict.fromkeys(one for one in (cell, *found) if one))


@dataclass(frozen=True)
class Export:
    """A roster, with the text of its file, so that marks can be written into a copy of it.

    Attributes
    ----------
    path : Path
        File of the roster.
    text : str
        Content of the file, without the byte order mark.
    delimiter : str
        Separator of cells.
    line : int
        Line number of the header.
    columns : tuple of Column
        Columns with known headers.
    learners : dict of int to Learner
        Learners by the number of the first line of their row, in the order of the file.
    mark : str, default ""
        Byte order mark of the file; empty if it has none.
    """

    path: Path
    text: str
    delimiter: str
    line: int
    columns: tuple[Column, ...]
    learners: dict[int, Learner]
    mark: str = ""


def read_export(path: Path) -> Export:
    """Read a roster.

    Parameters
    ----------
    path : Path
        A CSV file or workbook with a header, such as the gradebook of Canvas, or the grading
        worksheet or list of participants of Moodle.

    Returns
    -------
    Export
        The learners, and the text of the file.

    Raises
    ------
    RosterError
        If the file cannot be read, has no known columns or no learners, or a row is invalid.
    """
    content = read_bytes(path)
    text = decode(path, content)
    table = _find_table(path, text)
    learners: dict[Learner, int] = {}
    seen: dict[tuple[int, str], int] = {}
    for line, cells in table.rows():
        learner = _read_row(table, line, cells, seen)
        if learner is None:
            continue
        if learner in learners:
            raise RosterError(
                f"{path}, line {line}: {learner.name} is in line {learners[learner]} too, with "
                "nothing to tell them apart. Remove one line, or give each an id"
            )
        learners[learner] = line
    if not learners:
        raise RosterError(
            f"{path}: expected a line for each learner below line {table.line}, found none. "
            "Export the roster again"
        )
    by_line = {line: learner for learner, line in learners.items()}
    mark = "\ufeff" if content.startswith(BYTE_ORDER_MARKS) else ""
    return Export(path, text, table.delimiter, table.line, table.columns, by_line, mark)


def read_entries(path: Path, role: str) -> list[tuple[int, Learner, dict[str, str]]]:
    """Read a list with values for people, such as arrival times. A person may have several lines.

    Parameters
    ----------
    path : Path
        A CSV file with columns for names or ids, as in a roster, and for values.
    role : {"time", "until"}
        The column that has to be there. Where no header is known to be that of one, it is the only
        column of times.

    Returns
    -------
    list of (int, Learner, dict)
        For each row, the line number, the person, and the values of the columns `role` and
        ``exercise``, where they are not empty.

    Raises
    ------
    RosterError
        If the file cannot be read, has no known columns, or a row is invalid.
    """
    table = _find_table(path, decode(path, read_bytes(path)))
    named = [one for one in table.columns if one.role == "exercise"]
    columns = [_column_of_times(table, role), *named]
    found = []
    for line, cells in table.rows():
        learner = _read_row(table, line, cells, {})
        if learner is not None:
            values = {one.role: cells[one.number] for one in columns if one.number < len(cells)}
            kept = {role: cell for role, cell in values.items() if cell not in EMPTY}
            found.append((line, learner, kept))
    return found


def read_people(path: Path, headers: Collection[str]) -> list[tuple[int, Learner, dict[str, str]]]:
    """Read a list with values for people in columns of given headers.

    Parameters
    ----------
    path : Path
        A CSV file with columns for names or ids, as in a roster, and for values.
    headers : collection of str
        Headers of the values, in lower case; a column may be missing.

    Returns
    -------
    list of (int, Learner, dict)
        For each row, the line number, the person, and the values that are not empty, by header.

    Raises
    ------
    RosterError
        If the file cannot be read, has no known columns or a header twice, or a row is invalid.
    """
    table = _find_table(path, decode(path, read_bytes(path)))
    columns: dict[str, int] = {}
    for number, header in enumerate(map(plain, table.header)):
        if header in columns:
            raise RosterError(f"{path}, line {table.line}: expected one column {header}, found two")
        if header in headers:
            columns[header] = number
    if not columns:
        raise RosterError(
            f"{path}, line {table.line}: expected columns {listed(headers)}, found "
            f"{listed(map(_shortened, table.header), MAX_LISTED, ' and ')}"
        )
    found = []
    for line, cells in table.rows():
        learner = _read_row(table, line, cells, {})
        if learner is not None:
            values = {header: cells[n] for header, n in columns.items() if n < len(cells)}
            found.append((line, learner, {key: cell for key, cell in values.items() if cell}))
    return found


def _column_of_times(table: Table, role: str) -> Column:
    """Return the column with the header of a role, or else the only one of times."""
    found = [one for one in table.columns if one.role == role]
    if not found:
        rows = [cells for _, cells in table.rows()]
        known = {one.number for one in table.columns}
        found = [
            Column(number, header, role)
            for number, header in enumerate(table.header)
            if number not in known
            and _are_times([cells[number] for cells in rows if number < len(cells)])
        ]
    if len(found) == 1:
        return found[0]
    there = listed((table.header[one.number] for one in found), MAX_LISTED, " and ") or "none"
    raise RosterError(
        f"{table.path}, line {table.line}: expected a time in a column `{role}`, found {there}. "
        f"Name one column `{role}`, and remove the others"
    )


def _are_times(cells: list[str]) -> bool:
    filled = [cell for cell in cells if cell not in EMPTY]
    return bool(filled) and all(read_time(cell) is not None for cell in filled)


def _find_table(path: Path, text: str) -> Table:
    """Parse the header, with the delimiter that gives the most known columns."""
    tables, problems = [], []
    for delimiter in ",;\t":
        try:
            lines = records(path, text, delimiter)
            line, header = next(one for one in lines if not _SEPARATOR.fullmatch(one[1][0]))
        except StopIteration:
            raise RosterError(
                f"{path}: expected a line with the names of the columns, found an empty file. "
                "Export the roster again"
            ) from None
        except RosterError as error:
            problems.append(error)
            continue
        tables.append(Table(path, text, delimiter, line, tuple(header), understand(header)))
    if not tables:
        raise problems[0]
    table = max(map(_with_content, tables), key=lambda table: len(table.columns))
    roles = {column.role for column in table.columns}
    if not roles & {"name", "first", "last", "id", "email", "participant"}:
        found = listed(map(_shortened, table.header), MAX_LISTED, " and ")
        raise RosterError(
            f"{path}, line {table.line}: expected a header with a column email, name, student or "
            f"id; found {found}. Add a first line with the names of the columns"
        )
    return table


def _with_content(table: Table) -> Table:
    """Return a table with the columns that are known by their content, too."""
    try:
        rows = [cells for _, cells in table.rows()]
    except RosterError:  # told when the rows are read, if this is the right delimiter
        return table
    return replace(table, columns=columns_of(table.header, rows, table.columns))


def _read_row(
    table: Table, line: int, cells: list[str], seen: dict[tuple[int, str], int]
) -> Learner | None:
    """Return the learner of a row; None for rows of an export that are not about a learner."""
    values = defaultdict(list)
    ids = []
    for column in table.columns:
        cell = cells[column.number] if column.number < len(cells) else ""
        if cell not in EMPTY:
            values[column.role].append(cell)
            is_address = column.role == "email" and table.is_of_addresses
            if is_address or column.role in ("id", "participant"):
                ids.append((column, _plain_id(column, cell)))
    name = values["name"][0] if values["name"] else " ".join(values["first"] + values["last"])
    if table.is_canvas and _is_no_learner(name, bool(ids)):
        return None
    if not name and not ids:
        expected = "a name or an id, found neither"
        if table.is_of_addresses:
            expected = "an address, found none"
        raise RosterError(
            f"{table.path}, line {line}: expected {expected}. Fill one in, or remove the line"
        )
    for column, identifier in ids:
        _check_new(table, line, column, identifier, seen)
    email = values["email"][0] if values["email"] else ""
    language = values["language"][0] if values["language"] else ""
    return Learner(
        name or (values["id"] or values["participant"] or values["email"])[0],
        next(iter(values["section"] + values["group"]), ""),
        email,
        _identifiers([*(identifier for _, identifier in ids), email]),
        _language(table, line, language) if language else "",
        next(iter(values["group"]), ""),
    )


def _language(table: Table, line: int, name: str) -> str:
    try:
        return language_named(name, f"{table.path}, line {line}: the language")
    except CourseError as error:
        raise RosterError(str(error)) from None


def _plain_id(column: Column, cell: str) -> str:
    # Moodle's worksheet has "Participant 12345" in the instructor's language; names of files in
    # its downloads have only the number.
    last = cell.split()[-1]
    if column.role == "participant":
        return re.sub(r"\A\D+", "", last)  # 参加者123
    is_number = last.isascii() and last.isdigit()
    return last if column.header == "identifier" and is_number else cell


def _is_no_learner(name: str, has_id: bool) -> bool:
    """Return whether a row is one that Canvas adds before or after those of the learners."""
    is_about_columns = not has_id and name in ("", "Points Possible")  # "" if grades are hidden
    return is_about_columns or name in _TEST_STUDENT


def _check_new(
    table: Table, line: int, column: Column, identifier: str, seen: dict[tuple[int, str], int]
) -> None:
    first = seen.setdefault((column.number, plain(identifier)), line)
    if first != line:
        raise RosterError(
            f"{table.path}, line {line}: expected each {table.header[column.number]} once, found "
            f"{_shortened(identifier)} in line {first} too. Remove or correct one of the lines"
        )


def _identifiers(found: Iterable[str]) -> tuple[str, ...]:
    identifiers: dict[str, None] = {}
    for identifier in found:
        local = identifier.rpartition("@")[0]
        identifiers.update({one: None for one in (identifier, local) if one})
    return tuple(identifiers)


def plain(text: str) -> str:
    """Normalise a text, so that texts that look the same to a reader are equal."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).strip()  # case folding may denormalise


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
