"""Scores for Moodle: a file for Grades > Import > CSV file, and the grading worksheet filled in.

In the file for the import, one column identifies the learner (by the e-mail address, ID number or
user name in the instructor's grading worksheet) and one has the grade, where a hyphen means "no
grade". Moodle asks for the meaning of the columns and refuses the whole file if it contains an
unknown learner.

The worksheet is what an assignment gives for download and takes back (View all submissions > Upload
grading worksheet). It also knows learners whose names are hidden.
"""

import csv
import io
from collections.abc import Sequence

from grader.errors import ReportError
from grader.gradebook.rows import Row
from grader.reports.common.csv_cells import Sheet, defused, left_out, score
from grader.roster.csv_table import Column
from grader.roster.roster import Export

NO_GRADE = "-"
MAX_GRADE = 100  # larger grades are not imported unless the administrator of Moodle allows them
_OF_THE_WORKSHEET = ("identifier", "id")  # "Participant 123", which the import does not accept


def render(rows: Sequence[Row], export: Export, assignment: str = "") -> str:
    """Return the grades of a class.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    export : Export
        Grading worksheet or list of participants that Moodle exported.
    assignment : str, default ""
        Header of the column with the grade; by default, "Grade".

    Returns
    -------
    str
        CSV with a row for each learner on the roster whom Moodle can identify.

    Raises
    ------
    ReportError
        If the roster has no column by which Moodle can identify learners.
    """
    key = _key(export)
    by_learner = {row.learner: row for row in rows if row.learner is not None}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for record in Sheet(export.path, export.text, export.delimiter).records:
        learner = export.learners.get(record.line)
        row = by_learner.get(learner) if learner is not None else None
        if row is not None and row.excused:
            continue  # a hyphen would delete the grade that Moodle has
        if record.line == export.line:
            writer.writerow([defused(record[key.number]), defused(assignment or "Grade")])
        elif learner is not None and record[key.number].strip():
            grade = score(row) or NO_GRADE
            writer.writerow([defused(record[key.number]), grade])
    return out.getvalue()


def remarks(rows: Sequence[Row], export: Export) -> list[str]:
    """Return remarks that the instructor should read before importing the file.

    Parameters
    ----------
    rows, export
        Arguments of `render`.

    Returns
    -------
    list of str
        One sentence for each remark.
    """
    key = _key(export)
    told = left_out(rows)
    for record in Sheet(export.path, export.text, export.delimiter).records:
        learner = export.learners.get(record.line)
        if learner is not None and not record[key.number].strip():
            told.append(f"{learner.name} has no {key.header}, and so is not in the file")
    told += [
        f"{row.name} is excused, and so not in the file; exclude the grade in Moodle by hand"
        for row in rows
        if row.is_all_excused and row.learner is not None
    ]
    most = rows[0].verdict.max_points if rows else 0
    if most > MAX_GRADE:
        told.append(f"Moodle imports no grade above {MAX_GRADE}, and there are {most} points here")
    return told


def render_worksheet(rows: Sequence[Row], export: Export) -> str:
    """Fill in the grades of a grading worksheet.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    export : Export
        Grading worksheet that Moodle exported.

    Returns
    -------
    str
        Content of the worksheet with the grades. All other cells are unchanged; so are the grades
        of learners without a score.

    Raises
    ------
    ReportError
        If the roster is no grading worksheet with grades in points.
    """
    grade, maximum = _worksheet_columns(export)
    by_learner = {row.learner: row for row in rows if row.learner is not None}
    sheet = Sheet(export.path, export.text, export.delimiter)
    for record in sheet.records:
        learner = export.learners.get(record.line)
        points = score(by_learner.get(learner)) if learner is not None else None
        if points is not None:
            comma = "," in record[maximum.number]  # as Moodle writes numbers in this language
            sheet.put(record, grade.number, points.replace(".", ",") if comma else points)
    return f"{export.mark}{sheet}"


def worksheet_remarks(rows: Sequence[Row], export: Export) -> list[str]:
    """Return remarks that the instructor should read before uploading the worksheet.

    Parameters
    ----------
    rows, export
        Arguments of `render_worksheet`.

    Returns
    -------
    list of str
        One sentence for each remark.
    """
    _, maximum = _worksheet_columns(export)
    sheet = Sheet(export.path, export.text, export.delimiter)
    record = next(one for one in sheet.records if one.line in export.learners)
    possible, most = record[maximum.number].strip(), rows[0].verdict.max_points if rows else 0
    told = left_out(rows)
    if float(possible.replace(",", ".")) != most:
        told.append(
            f"the assignment has {possible} points in Moodle, and {most} here; change it there "
            "before you upload the worksheet"
        )
    return told


def _worksheet_columns(export: Export) -> tuple[Column, Column]:
    """Return the columns of the grade and of the maximum grade."""
    columns = {column.role: column for column in export.columns}
    if not {"participant", "grade", "maximum"} <= columns.keys():
        raise ReportError(
            f"{export.path}: expected Moodle's grading worksheet, with a grade and a maximum grade "
            "for each participant; download it again, and name it with --roster"
        )
    return columns["grade"], columns["maximum"]


def _key(export: Export) -> Column:
    emails = [column for column in export.columns if column.role == "email"]
    ids = [column for column in export.columns if column.role == "id"]
    ids = [column for column in ids if column.header not in _OF_THE_WORKSHEET]
    if not emails + ids:
        found = ", ".join(column.header for column in export.columns)
        raise ReportError(
            f"{export.path}: expected a column with e-mail addresses, ID numbers or user names, by "
            f"which Moodle knows somebody; found {found}. Export the roster with one of them"
        )
    return (emails + ids)[0]
