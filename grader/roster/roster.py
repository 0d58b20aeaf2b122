"""Who is in the class: reads the roster."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError, RosterError
from grader.messages.language import language_named
from grader.messages.listing import listed
from grader.roster.csv_table import BYTE_ORDER_MARKS, Column, Table, decode, read_bytes, records

MAX_LISTED = 5  # in a message

# What a column may be called, once its header is in lower case and without punctuation.
_HEADERS = {
    "name": "name, student, student name, full name, fullname, participant, 姓名",
    "first": "first name, firstname, first, given name, forename",
    "last": "last name, lastname, last, surname, family name",
    "language": "language, lang, locale, preferred language, 语言",
    "section": "section, sections, section name, group, groups, group name, class, 班级",
    "email": "email, e mail, email address, e mail address, mail, useremail, 邮箱, 电子邮件",
    "id": (
        "id, user id, student id, student number, id number, sis id, sis user id, sis login id, "
        "idnumber, canvas user id, integration id, "
        "login, login id, username, user name, identifier, 学号"
    ),
}
_MORE_HEADERS = {
    "time": (
        "time, handed in, handed in at, submitted, submitted at, submission time, submission date, "
        "last modified submission, created at, timestamp, 提交时间"
    ),
    "until": "until, due, due at, deadline, new deadline, extended until, 截止时间",
    "exercise": "exercise, 练习",
}
_HEADERS.update(_MORE_HEADERS)
_ROLES = {header: role for role, headers in _HEADERS.items() for header in headers.split(", ")}

_EMPTY = ("", "-")
_TEST_STUDENT = ("Student, Test", "Test Student")  # Canvas's stand-in for the teacher


@dataclass(frozen=True)
class Learner:
    """One row of the roster.

    Attributes
    ----------
    name : str
        As the roster writes it; where there is no name, the first id; where there is neither such
        column, the address.
    section : str, default ""
        Her section, group or class.
    email : str, default ""
        Her address.
    identifiers : tuple of str
        What her submission may be recognised by: ids, logins, e-mail, and the part of it
        before the ``@``.
    language : str, default ""
        The language that she is told things in, if the roster says so.
    """

    name: str
    section: str = ""
    email: str = ""
    identifiers: tuple[str, ...] = ()
    language: str = ""


@dataclass(frozen=True)
class Export:
    """A roster as a platform wrote it, and who is in which line.

    Attributes
    ----------
    path : Path
        Its file.
    text : str
        What is in it, to the letter.
    delimiter : str
        What parts its cells.
    line : int
        The line with the names of the columns.
    columns : tuple of Column
        Those that are understood.
    learners : dict of int to Learner
        By the line in which the row of each begins, in the order of the file.
    mark : str, default ""
        The byte order mark that the file began with, if it had one.
    """

    path: Path
    text: str
    delimiter: str
    line: int
    columns: tuple[Column, ...]
    learners: dict[int, Learner]
    mark: str = ""


def read_export(path: Path) -> Export:
    """Read a roster, and keep what else is in its file.

    Parameters
    ----------
    path : Path
        A CSV file with the names of the columns in its first line, such as the gradebook of Canvas,
        or the grading worksheet or list of participants of Moodle.

    Returns
    -------
    Export
        Its learners, and the file.

    Raises
    ------
    RosterError
        If it cannot be read, or not as a roster. The message tells what to do.
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


def read_entries(path: Path) -> list[tuple[int, Learner, dict[str, str]]]:
    """Read a list that says something of people, of some of them perhaps more than once.

    Parameters
    ----------
    path : Path
        A CSV file that names people as a roster does.

    Returns
    -------
    list of (int, Learner, dict)
        The line, the person, and what stands in its other columns, by their role.

    Raises
    ------
    RosterError
        If it cannot be read, or not as such a list.
    """
    table = _find_table(path, decode(path, read_bytes(path)))
    found = []
    for line, cells in table.rows():
        learner = _read_row(table, line, cells, {})
        if learner is not None:
            others = (one for one in table.columns if one.role in _MORE_HEADERS)
            values = {one.role: cells[one.number] for one in others if one.number < len(cells)}
            kept = {role: cell for role, cell in values.items() if cell not in _EMPTY}
            found.append((line, learner, kept))
    return found


def _find_table(path: Path, text: str) -> Table:
    """The delimiter is the one with which most headers are understood."""
    tables, problems = [], []
    for delimiter in ",;\t":
        try:
            line, header = next(records(path, text, delimiter))
        except StopIteration:
            raise RosterError(
                f"{path}: expected a line with the names of the columns, found an empty file. "
                "Export the roster again"
            ) from None
        except RosterError as error:
            problems.append(error)
            continue
        tables.append(Table(path, text, delimiter, line, tuple(header), _understand(header)))
    if not tables:
        raise problems[0]
    table = max(tables, key=lambda table: len(table.columns))
    roles = {column.role for column in table.columns}
    if not roles & {"name", "first", "last", "id", "email"}:
        found = listed(map(_shortened, table.header), MAX_LISTED, " and ")
        raise RosterError(
            f"{path}, line {table.line}: expected the names of the columns, among them "
            f"email, name, student or id; found {found}. "
            "Add a first line that names them"
        )
    return table


def _understand(header: list[str]) -> tuple[Column, ...]:
    columns = []
    for number, cell in enumerate(header):
        plain = " ".join(re.split(r"[\W_]+", unicodedata.normalize("NFKC", cell).casefold()))
        if plain.strip() in _ROLES:
            columns.append(Column(number, plain.strip(), _ROLES[plain.strip()]))
    return tuple(columns)


def _read_row(
    table: Table, line: int, cells: list[str], seen: dict[tuple[int, str], int]
) -> Learner | None:
    """The learner of a row; None where an export has a row that is no learner's."""
    values = defaultdict(list)
    ids = []
    for column in table.columns:
        cell = cells[column.number] if column.number < len(cells) else ""
        if cell not in _EMPTY:
            values[column.role].append(cell)
            if column.role == "id" or (column.role == "email" and table.is_of_addresses):
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
        name or (values["id"] or values["email"])[0],
        values["section"][0] if values["section"] else "",
        email,
        _identifiers([*(identifier for _, identifier in ids), email]),
        _language(table, line, language) if language else "",
    )


def _language(table: Table, line: int, name: str) -> str:
    try:
        return language_named(name, f"{table.path}, line {line}: the language")
    except CourseError as error:
        raise RosterError(str(error)) from None


def _plain_id(column: Column, cell: str) -> str:
    # Moodle writes "Participant 12345" in the instructor's language; its files have the number.
    last = cell.split()[-1]
    is_number = last.isascii() and last.isdigit()
    return last if column.header == "identifier" and is_number else cell


def _is_no_learner(name: str, has_id: bool) -> bool:
    """Whether it is one of the rows that Canvas puts between and after the learners."""
    is_about_columns = not has_id and name in ("", "Points Possible")  # "" where grades are hidden
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
    """A text in the form in which two that a reader takes for the same are the same."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", folded).strip()  # as to fold may compose it anew


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
