"""Scores for Moodle, by the rules of its import of grades from CSV."""

import csv
import io

import pytest
from gradebooks import EMPTY, GOOD, OURS, marked, on_roster

from grader.errors import ReportError
from grader.reports.formats.moodle import (
    remarks,
    render,
    render_worksheet,
    worksheet_remarks,
)
from grader.roster.roster import read_export

WORKSHEET = """\
Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Last modified (grade)
Participant 7,Jane Doe,s7,Jane.Doe@x.org,Submitted,,4,-
Participant 8,"Bob, Roe",s8,-bob@x.org,Submitted,,4,-
Participant 9,Cy Poe,s9,cy@x.org,No submission,,4,-
"""


@pytest.fixture
def exported(tmp_path):
    def exported(text=WORKSHEET):
        path = tmp_path / "worksheet.csv"
        path.write_text(text, "utf-8")
        return read_export(path)

    return exported


def read(text):
    return list(csv.reader(io.StringIO(text)))


def rows_of(export, *exercises):
    found = zip(export.learners.values(), exercises, strict=True)
    return [on_roster(one, specs, handed_in=specs is not EMPTY) for one, specs in found]


def test_a_key_and_a_grade_are_all_that_moodle_needs(exported):
    """Keys are exact: Moodle distinguishes case, and rejects a file with an unknown key."""
    export = exported()
    assert read(render(rows_of(export, GOOD, GOOD, EMPTY), export, "Affine")) == [
        ["Email address", "Affine"],
        ["Jane.Doe@x.org", "4"],
        ["-bob@x.org", "4"],
        ["cy@x.org", "-"],
    ]


def test_a_fault_of_ours_is_no_grade_and_told(exported):
    """A hyphen means no grade; zero would be a grade."""
    export = exported()
    found = rows_of(export, OURS, GOOD, GOOD)
    assert read(render(found, export))[1] == ["Jane.Doe@x.org", "-"]
    assert "Jane Doe gets no score, since the grader itself failed on their work" in remarks(
        found, export
    )


@pytest.mark.parametrize("header", ["ID number", "idnumber", "Username"])
def test_without_addresses_another_key_is_taken(exported, header):
    """But not the participant number of the worksheet, which this import does not know."""
    export = exported(f"Identifier,Full name,{header}\nParticipant 7,Jane Doe,s7\n")
    assert read(render(rows_of(export, GOOD), export))[:2] == [[header, "Grade"], ["s7", "4"]]


def test_where_nobody_can_be_found_an_error_says_what_is_missing(exported):
    """For example in a worksheet with hidden names."""
    export = exported("Identifier,Status\nParticipant 7,Submitted\n")
    with pytest.raises(ReportError, match=r"worksheet\.csv: expected a column with e-mail"):
        render(rows_of(export, GOOD), export)


def test_who_has_no_key_is_left_out_and_told(exported):
    """Moodle would give the grade to the learner in the row above."""
    export = exported(WORKSHEET.replace("-bob@x.org", ""))
    found = rows_of(export, GOOD, GOOD, GOOD)
    assert len(read(render(found, export))) == 3
    assert "Bob, Roe has no email address, and so is not in the file" in remarks(found, export)


def test_formulas_are_defused(exported):
    """In the name of the column, and in keys other than addresses."""
    export = exported("Full name,Username\nJane Doe,=1+1\n")
    assert read(render(rows_of(export, GOOD), export, "@x")) == [
        ["Username", "'@x"],
        ["'=1+1", "4"],
    ]


def test_who_is_excused_is_not_in_the_file_and_told(exported):
    """A hyphen or blank is "no grade", which would delete one (moodle/moodle, load_data.php)."""
    export = exported()
    jane, *others = rows_of(export, GOOD, GOOD, EMPTY)
    rows = [marked(jane, excused=True), *others]
    assert [line[0] for line in read(render(rows, export, "Affine"))] == [
        "Email address", "-bob@x.org", "cy@x.org"
    ]  # fmt: skip
    assert remarks(rows, export) == [
        "Jane Doe is excused, and so not in the file; exclude the grade in Moodle by hand"
    ]


# The grading worksheet itself

DUTCH = '''\
\ufeffID,Volledige naam,Status,Cijfer,Hoogste cijfer,Laatst gewijzigd (cijfer),Feedback
Deelnemer 7,Jane Doe,Ingezonden,,"4,00",-,"=SUM(A1), ""zo"""
Deelnemer 8,Bob Roe,Ingezonden,"1,00","4,00","1 november 2026, 10:00",
Deelnemer 9,Cy Poe,Geen inzending,"2,00","4,00",-,
'''


def test_the_worksheet_is_filled_in_and_otherwise_as_it_was(exported):
    """In any language; who has no score keeps the grade that is there.

    moodle/moodle, mod/assign/feedback/offline/importgradeslib.php: the import finds a participant
    by the number at the end of the first column, and needs the headers as they were.
    """
    export = exported(DUTCH)
    text = render_worksheet(rows_of(export, GOOD, GOOD, EMPTY), export)
    assert text == DUTCH.replace('Ingezonden,,"4', 'Ingezonden,4,"4').replace('"1,00",', "4,")
    assert worksheet_remarks(rows_of(export, GOOD, GOOD, EMPTY), export) == []


def test_a_worksheet_without_names_can_be_filled_in(exported):
    """Unlike the file for Grades > Import, which needs addresses or names."""
    export = exported("Identifier,Status,Grade,Maximum grade\nParticipant 7,Submitted,,4\n")
    text = render_worksheet(rows_of(export, GOOD), export)
    assert read(text)[1] == ["Participant 7", "Submitted", "4", "4"]


def test_other_points_in_moodle_and_who_is_left_out_are_told(exported):
    """Moodle would refuse a grade above its own maximum."""
    export = exported(DUTCH.replace('"4,00"', '"3,50"'))
    told = worksheet_remarks(rows_of(export, GOOD, OURS, EMPTY), export)
    assert any("the assignment has 3,50 points in Moodle, and 4 here" in one for one in told)
    assert any(one.startswith("Bob Roe gets no score") for one in told)


@pytest.mark.parametrize(
    "text",
    [
        "name,id\nJane Doe,7\n",
        "Identifier,Full name,Status,Grade,Scale\nParticipant 7,Jane,Submitted,,Fair\n",
    ],
    ids=["another roster", "a scale"],
)
def test_what_is_no_worksheet_with_points_is_told(exported, text):
    """Before anybody is judged."""
    with pytest.raises(ReportError, match="expected Moodle's grading worksheet, with a grade"):
        render_worksheet((), exported(text))
