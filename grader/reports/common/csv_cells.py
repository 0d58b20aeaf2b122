"""Editing of CSV files that a platform exported; cells that are not edited stay unchanged."""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.gradebook.rows import Row
from grader.roster.csv_table import Record, parse

_DANGEROUS = "=+-@\t\r\n＝＋－＠"
_HARMLESS = re.compile(r"-|[+-]?\d+(?:[.,]\d+)?|[+-][\w.+-]*@[\w.-]+")


def defused(text: str) -> str:
    """Return the text of a cell in a form that no spreadsheet interprets as a formula.

    Parameters
    ----------
    text : str
        Untrusted text.

    Returns
    -------
    str
        The text, with an apostrophe in front if it might be interpreted as a formula. A single
        hyphen, a number and an e-mail address are harmless and stay unchanged for the platform.
    """
    start = text.lstrip(" ")[:1]
    if not start or start not in _DANGEROUS or _HARMLESS.fullmatch(text):
        return text
    return f"'{text}"


class Sheet:
    """An editable CSV file.

    Parameters
    ----------
    path : Path
        Path of the file, for error messages.
    text : str
        Content of the file.
    delimiter : str
        Separator of the cells in a row.

    Attributes
    ----------
    records : list of Record
        Rows of the file.
    """

    def __init__(self, path: Path, text: str, delimiter: str) -> None:
        self._delimiter = delimiter
        self.records = list(parse(path, text, delimiter))

    def put(self, record: Record, number: int, text: str) -> None:
        """Set the text of a cell.

        Parameters
        ----------
        record : Record
            Row of the cell.
        number : int
            Index of the column, from 0.
        text : str
            New text, unquoted.
        """
        record.cells += [""] * (number + 1 - len(record.cells))
        if re.search(rf'["\r\n{re.escape(self._delimiter)}]|^ | $', text):
            text = '"' + text.replace('"', '""') + '"'
        record.cells[number] = text

    def defuse(self) -> list[str]:
        """Apply `defused` to all cells.

        Returns
        -------
        list of str
            Original text of the cells that were changed.
        """
        found = []
        for record in self.records:
            for number in range(len(record.cells)):
                text = record[number]
                if defused(text) != text:
                    found.append(text)
                    self.put(record, number, defused(text))
        return found

    def __str__(self) -> str:
        return "".join(self._delimiter.join(one.cells) + one.end for one in self.records)


def score(row: Row | None) -> str | None:
    """Return the score of a learner for a platform.

    Parameters
    ----------
    row : Row or None
        Row of the learner, if there is one.

    Returns
    -------
    str or None
        Points. None if there is no mark: then nothing is written.
    """
    mark = row.mark if row is not None else None
    return None if mark is None else str(mark)


def left_out(rows: Sequence[Row]) -> list[str]:
    """List the submissions without a score in a platform's file, with the reasons.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of str
        One sentence for each submission.
    """
    told = []
    for row in rows:
        if row.learner is None:
            told.append(f"{row.name} is not on the roster, and so not in the file")
        elif row.has_grader_error:
            told.append(f"{row.name} gets no score, since {row.no_mark}")
        elif row.excused and not row.is_all_excused:
            told.append(f"{row.name} gets no score: {row.no_mark}")
        elif row.no_mark and row.handed_in and not row.excused:
            told.append(f"{row.name} gets no score, since nothing could be judged: {row.no_mark}")
    return told
