"""Scores for Canvas: the exported gradebook of the instructor, with one column filled in.

Canvas identifies a learner by the ID in the second column and an assignment by the number after its
title. It interprets a blank cell as "no score" and deletes an existing score, and EX as "excused".
"""

import re
from collections.abc import Sequence

from grader.errors import ReportError
from grader.gradebook.rows import Row
from grader.messages.listing import listed
from grader.reports.common.csv_cells import Sheet, left_out, score
from grader.roster.csv_table import Record
from grader.roster.roster import Export
from grader.verdicts.outcome_labels import EXCUSED

_ASSIGNMENT = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)\s*", re.DOTALL)
_POINTS = "Points Possible"
_READ_ONLY = "(read only)"
MAX_LISTED = 30  # columns in an error message


def render(rows: Sequence[Row], export: Export, assignment: str = "") -> str:
    """Fill in the column of an assignment.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    export : Export
        Gradebook that Canvas exported.
    assignment : str, default ""
        Title or id of the assignment. Optional if the file has only one.

    Returns
    -------
    str
        Content of the exported file with the scores. Rows, names, ids and order are unchanged. For
        learners without a score, the cell keeps its content.

    Raises
    ------
    ReportError
        If the file is not a gradebook of Canvas, or does not contain the assignment.
    """
    sheet = Sheet(export.path, export.text, export.delimiter)
    column = _column(sheet, export, assignment)
    by_learner = {row.learner: row for row in rows if row.learner is not None}
    for record in sheet.records:
        learner = export.learners.get(record.line)
        row = by_learner.get(learner) if learner is not None else None
        points = EXCUSED if row is not None and row.is_all_excused else score(row)
        if points is not None:
            sheet.put(record, column, points)
    sheet.defuse()
    return f"{export.mark}{sheet}"


def remarks(rows: Sequence[Row], export: Export, assignment: str = "") -> list[str]:
    """Return remarks that the instructor should read before importing the file.

    Parameters
    ----------
    rows, export, assignment
        Arguments of `render`.

    Returns
    -------
    list of str
        One sentence for each remark.
    """
    sheet = Sheet(export.path, export.text, export.delimiter)
    column = _column(sheet, export, assignment)
    possible, most = _possible(sheet, column).strip(), rows[0].verdict.max_points if rows else 0
    told = left_out(rows)
    if possible and _number(possible) != most:
        told.append(
            f"the assignment has {possible} points in Canvas, and {most} here; "
            "change it there before you import the scores"
        )
    told += [
        f"{text!r} gets an apostrophe, since it looks like a formula" for text in sheet.defuse()
    ]
    return told


def assignment_in(export: Export, assignment: str) -> str:
    """Return the title and number of an assignment, or what it was called if that is not certain.

    Parameters
    ----------
    export : Export
        The roster, which may be the gradebook that Canvas exported.
    assignment : str
        Title or id of the assignment; empty for the only one.
    """
    try:
        sheet = Sheet(export.path, export.text, export.delimiter)
        return " ".join(_header(sheet, export)[_column(sheet, export, assignment)].split())
    except ReportError:
        return assignment


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _header(sheet: Sheet, export: Export) -> Record:
    return next(record for record in sheet.records if record.line == export.line)


def _possible(sheet: Sheet, column: int) -> str:
    rows = (record for record in sheet.records if record[0].strip().startswith(_POINTS))
    return next((record[column] for record in rows), "")


def _column(sheet: Sheet, export: Export, assignment: str) -> int:
    header = _header(sheet, export)
    names = [header[number] for number in range(len(header.cells))]
    if not {"ID", "Section"} <= {name.strip() for name in names}:
        raise ReportError(
            f"{export.path}: expected a gradebook that Canvas exported, with the columns Student, "
            f"ID and Section; found {_listed(names)}. Export it again, and name it with --roster"
        )
    found = {n: match for n, name in enumerate(names) if (match := _ASSIGNMENT.fullmatch(name))}
    fitting = [
        number for number, match in found.items() if not assignment or _fits(match, assignment)
    ]
    listed = _listed([names[number] for number in found])
    if not fitting:
        raise ReportError(
            f"{export.path}: expected a column of the assignment {assignment or ''!r}, found "
            f"{listed}. Name one with --assignment, or make it in Canvas and export again"
        )
    if len(fitting) > 1:
        raise ReportError(
            f"{export.path}: expected one assignment, found {listed}. Name one with --assignment, "
            "by its title or its number"
        )
    if _possible(sheet, fitting[0]).strip() == _READ_ONLY:
        raise ReportError(f"{export.path}: Canvas does not let {names[fitting[0]]!r} be changed")
    return fitting[0]


def _fits(match: re.Match[str], assignment: str) -> bool:
    wanted = " ".join(assignment.split()).casefold()
    title = " ".join(match["title"].split()).casefold()
    return wanted in (match["id"], title, f"{title} ({match['id']})")


def _listed(names: Sequence[str]) -> str:
    return listed(map(repr, names), MAX_LISTED) or "none"
