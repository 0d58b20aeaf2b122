"""A CSV file of somebody else: changed in one column, and otherwise kept to the letter."""

import re
from collections.abc import Sequence
from pathlib import Path

from grader.gradebook.rows import Row
from grader.roster.csv_table import Record, parse

_DANGEROUS = "=+-@\t\r\n＝＋－＠"
_HARMLESS = re.compile(r"-|[+-]?\d+(?:[.,]\d+)?|[+-][\w.+-]*@[\w.-]+")


def defused(text: str) -> str:
    """A cell that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        What somebody else has chosen.

    Returns
    -------
    str
        With an apostrophe before it if it might be taken for one. A hyphen alone, a number and an
        address cannot run anything; a platform that reads them must find them as they were.
    """
    start = text.lstrip(" ")[:1]
    if not start or start not in _DANGEROUS or _HARMLESS.fullmatch(text):
        return text
    return f"'{text}"


class Sheet:
    """A CSV file whose cells can be changed.

    Parameters
    ----------
    path : Path
        Its name, for messages.
    text : str
        What is in it.
    delimiter : str
        What parts its cells.

    Attributes
    ----------
    records : list of Record
        Its rows.
    """

    def __init__(self, path: Path, text: str, delimiter: str) -> None:
        self._delimiter = delimiter
        self.records = list(parse(path, text, delimiter))

    def put(self, record: Record, number: int, text: str) -> None:
        """Write a cell.

        Parameters
        ----------
        record : Record
            Its row.
        number : int
            Its column, from 0.
        text : str
            What it is to say.
        """
        record.cells += [""] * (number + 1 - len(record.cells))
        if re.search(rf'["\r\n{re.escape(self._delimiter)}]|^ | $', text):
            text = '"' + text.replace('"', '""') + '"'
        record.cells[number] = text

    def defuse(self) -> list[str]:
        """Defuse all cells, and tell which ones had to be.

        Returns
        -------
        list of str
            What these said.
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
    """What a platform is told of somebody.

    Parameters
    ----------
    row : Row or None
        Her row, if there is one.

    Returns
    -------
    str or None
        Her points. None if the grader itself failed on her work, or she handed in nothing, unless
        somebody has set them by hand.
    """
    if row is None or row.has_grader_error:
        return None
    if not row.handed_in and not any(map(row.is_set_by_hand, row.verdict.exercises)):
        return None
    return str(row.points)


def left_out(rows: Sequence[Row]) -> list[str]:
    """Who has no score in a platform's file, though something was handed in.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.

    Returns
    -------
    list of str
        A sentence for each.
    """
    told = []
    for row in rows:
        if row.learner is None:
            told.append(f"{row.name} is not on the roster, and so not in the file")
        elif row.has_grader_error:
            told.append(f"{row.name} gets no score, since the grader itself failed on her work")
    return told
