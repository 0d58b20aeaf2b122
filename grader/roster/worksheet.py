"""Recognises Moodle's exports by what is in their columns, since their headers are translated.

In a list of participants, one or two columns of names are on the left of the addresses.

In a grading worksheet, the first column has a word and a number ("Participant 12345"). Then come
the name and other facts about the learner, unless names are hidden; the status; the grade; and the
maximum grade, which is the same in each row. To the right of it, the first times are those of the
submissions.
"""

import re
from collections.abc import Iterator, Sequence

from grader.roster.csv_table import EMPTY, Column
from grader.roster.written_times import read_time

_PARTICIPANT = re.compile(r"(?P<word>\D+)[0-9]+")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LETTER = re.compile(r"[^\W\d_]")
_NO_NAME = re.compile(r"[\d@]")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")

Rows = Sequence[Sequence[str]]


def columns_of(header: Sequence[str], rows: Rows, known: Sequence[Column]) -> tuple[Column, ...]:
    """Return the columns of a table whose content is known, and their headers may not be.

    Parameters
    ----------
    header : sequence of str
        Cells of the header.
    rows : sequence of sequence of str
        Cells of the other rows.
    known : sequence of Column
        Columns whose headers are known; they come first. Except for participants and grades, a
        role that one of them has is not looked for.
    """
    roles = {column.number: column.role for column in known}
    cells = [[row[n] if n < len(row) else "" for row in rows] for n in range(len(header))]
    for number, role in _roles(cells, roles):
        is_free = role not in roles.values() and number not in roles
        if is_free or role in ("participant", "grade", "maximum"):
            roles[number] = role
    headers = {column.number: column.header for column in known}
    return tuple(
        Column(number, headers.get(number, header[number].strip()), roles[number])
        for number in sorted(roles)
    )


def _roles(cells: Sequence[Sequence[str]], known: dict[int, str]) -> Iterator[tuple[int, str]]:
    """Yield the number and the role of each column that is recognised."""
    addresses = [n for n, column in enumerate(cells) if _all(_ADDRESS, column)]
    if len(addresses) == 1:
        yield addresses[0], "email"
    if not cells or known.get(0, "id") != "id" or not _are_participants(cells[0]):
        if addresses[:1] and not {"name", "first", "last"} & set(known.values()):
            yield from _names_before(addresses[0], cells, known)
        return
    yield 0, "participant"
    pairs = [n for n in range(2, len(cells)) if _are_grades(cells[n - 1], cells[n])]
    if len(pairs) != 1:
        return
    maximum = pairs[0]
    yield from ((maximum - 1, "grade"), (maximum, "maximum"))
    if _are_names(cells[1], between=maximum - 2):
        yield 1, "name"
    times = (n for n in range(maximum + 1, len(cells)) if _are_times(cells[n]))
    yield from ((number, "time") for number in list(times)[:1])


def _names_before(
    address: int, cells: Sequence[Sequence[str]], known: dict[int, str]
) -> Iterator[tuple[int, str]]:
    """Yield the columns of names to the left of the addresses."""
    texts = [n for n in range(address) if n not in known and all(map(_is_name, cells[n]))]
    people = list(zip(*(cells[n] for n in texts), strict=True))
    if len(texts) in (1, 2) and 10 * len(set(people)) > 9 * len(people):
        yield from zip(texts, ("name",) if len(texts) == 1 else ("first", "last"), strict=True)


def _all(pattern: re.Pattern[str], column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell not in EMPTY]
    return bool(filled) and all(pattern.fullmatch(cell) for cell in filled)


def _is_name(cell: str) -> bool:
    return bool(_LETTER.search(cell)) and not _NO_NAME.search(cell)


def _are_participants(column: Sequence[str]) -> bool:
    words = {match["word"] if (match := _PARTICIPANT.fullmatch(cell)) else "" for cell in column}
    [word] = words if len(words) == 1 else [""]
    # Chinese and Japanese have no space before a number; in other languages, it is a login.
    return bool(_LETTER.search(word)) and (word.endswith(" ") or not word.isascii())


def _are_grades(grades: Sequence[str], maxima: Sequence[str]) -> bool:
    """Return whether these are grades, which may be empty, and the same maximum in each row."""
    is_maximum = len(set(maxima)) == 1 and _all(_NUMBER, maxima)
    return is_maximum and all(cell in EMPTY or _NUMBER.fullmatch(cell) for cell in grades)


def _are_names(column: Sequence[str], between: int) -> bool:
    """Return whether the second column has names; if they are hidden, it has the status.

    Parameters
    ----------
    column : sequence of str
        Cells of the second column.
    between : int
        Number of columns between the participants and the grades: one of them is the status.
    """
    if between < 2 or any(cell in EMPTY or _ADDRESS.fullmatch(cell) for cell in column):
        return False
    return 2 * len(set(column)) > len(column)


def _are_times(column: Sequence[str]) -> bool:
    filled = [cell for cell in column if cell not in EMPTY]
    return bool(filled) and all(read_time(cell) is not None for cell in filled)
