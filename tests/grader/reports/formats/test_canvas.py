"""Scores for Canvas, by the rules of its importer: the instructor's own file, one column filled."""

import csv
import io

import pytest
from gradebooks import BAD, EMPTY, GOOD, OURS, marked, on_roster, row

from grader.errors import ReportError
from grader.reports.formats.canvas import assignment_in, remarks, render
from grader.roster.roster import read_export

EXPORT = '''\
Student,ID,SIS User ID,SIS Login ID,Section,Affine (551),Essay (552),Affine  again (553),Final Score
,,,,,,Manual Posting,,
    Points Possible,,,,,4.00,5.00,4.00,(read only)
"Doe, Jane",102,s102,jane,"Mon, early",,5.00,,100
"Roe, ""Bob""",103,s103,bob,Tue,,,,
"Poe, Cy",104,s104,cy,Tue,,3.00,,
"Coe, Di",105,s105,di,Tue,EX,3.00,,
"=SUM(1)",106,s106,eve,Tue,,,,
"Student, Test",199,,f3a,Mon,,,,
'''


@pytest.fixture
def exported(tmp_path):
    """Write an export as Canvas does, and read it."""

    def exported(text=EXPORT, encoding="utf-8"):
        path = tmp_path / "export.csv"
        path.write_bytes(text.encode(encoding))
        return read_export(path)

    return exported


def rows_of(export, *exercises):
    """A row for each learner of the file, in another order."""
    found = zip(export.learners.values(), exercises, strict=True)
    return [on_roster(one, specs, handed_in=specs is not EMPTY) for one, specs in found][::-1]


def test_only_the_column_of_the_assignment_is_filled(exported):
    """Rows, names, ids, quotes and order stay as they are; Canvas finds people by them."""
    export = exported()
    found = render(rows_of(export, GOOD, BAD, GOOD, EMPTY, BAD), export, "551")
    expected = EXPORT.split("\n")
    expected[3] = '"Doe, Jane",102,s102,jane,"Mon, early",4,5.00,,100'
    expected[4] = '"Roe, ""Bob""",103,s103,bob,Tue,2,,,'
    expected[5] = '"Poe, Cy",104,s104,cy,Tue,4,3.00,,'
    expected[7] = "'=SUM(1),106,s106,eve,Tue,2,,,"
    assert found.split("\n") == expected


def test_who_handed_in_nothing_or_met_a_fault_of_ours_stays_blank(exported):
    """Canvas reads a blank as no score; a grader error is reported."""
    export = exported()
    found = rows_of(export, EMPTY, OURS, GOOD, EMPTY, EMPTY)
    table = list(csv.reader(io.StringIO(render(found, export, "551"))))
    assert [line[5] for line in table[3:]] == ["", "", "4", "EX", "", ""]
    assert any('Roe, "Bob" gets no score' in remark for remark in remarks(found, export, "551"))


@pytest.mark.parametrize("assignment", ["551", "Affine", "affine", "Affine (551)"])
def test_the_assignment_is_named_by_title_or_id(exported, assignment):
    """As Canvas shows them."""
    export = exported()
    table = csv.reader(io.StringIO(render(rows_of(export, *[GOOD] * 5), export, assignment)))
    assert [line[5] for line in table][3] == "4"


@pytest.mark.parametrize(
    ("assignment", "text", "reason"),
    [
        ("Quiz", EXPORT, "found 'Affine (551)', 'Essay (552)'"),
        ("", EXPORT, "Name one with --assignment"),
        ("", EXPORT.replace("(553)", "").replace("(552)", "").replace("(551)", ""), "found none"),
        ("Affine", EXPORT.replace("Affine  again", "Affine"), "its number"),
        ("551", EXPORT.replace("4.00", "(read only)"), "does not let 'Affine (551)' be changed"),
        ("551", "name,id\nJane,7\n", "expected a gradebook that Canvas exported"),
    ],
)
def test_where_the_column_is_not_certain_an_error_lists_the_columns(
    exported, assignment, text, reason
):
    """It also names the file."""
    export = exported(text)
    with pytest.raises(ReportError) as told:
        render([], export, assignment)
    assert reason in str(told.value)
    assert "export.csv" in str(told.value)


def test_the_only_assignment_needs_no_name(exported):
    """Instructors may export a single column."""
    export = exported('Student,ID,SIS Login ID,Section,A (1)\n"Doe, Jane",7,jane,Mon,\n')
    assert render(rows_of(export, GOOD), export).endswith("Mon,4\n")


def test_an_export_with_semicolons_and_a_mark_of_utf_8_stays_one(exported):
    """Canvas writes it where a comma is the decimal sign, and must read it again."""
    text = "\ufeffStudent;ID;SIS Login ID;Section;Übung (1)\r\nPoe;8;poe;Mon;\r\n"
    export = exported(text)
    assert render(rows_of(export, GOOD), export) == text.replace("Mon;", "Mon;4")


def test_a_maximum_that_differs_is_told(exported):
    """Otherwise Canvas would show a full 4 of 4 points as 4 of 10."""
    export = exported(EXPORT.replace(",4.00,5", ",10.00,5"))
    told = remarks(rows_of(export, *[GOOD] * 5), export, "551")
    assert any("10.00 points in Canvas, and 4 here" in remark for remark in told)
    same = exported()
    assert not any("points" in one for one in remarks(rows_of(same, *[GOOD] * 5), same, "551"))


def test_who_is_not_on_the_roster_is_told_and_not_added(exported):
    """Canvas would create a learner."""
    export = exported()
    found = [*rows_of(export, *[GOOD] * 5), row("eve", GOOD)]
    assert len(render(found, export, "551").split("\n")) == len(EXPORT.split("\n"))
    assert "eve is not on the roster, and so not in the file" in remarks(found, export, "551")


def test_who_is_excused_is_ex_and_a_half_has_a_point(exported):
    """As lib/gradebook_importer.rb of instructure/canvas-lms reads it (`casecmp("EX")`)."""
    export = exported()
    found = {one.name: one for one in rows_of(export, GOOD, GOOD, OURS, EMPTY, GOOD)}
    found["Doe, Jane"] = marked(found["Doe, Jane"], excused=True, reason="ill")
    found['Roe, "Bob"'] = marked(found['Roe, "Bob"'], 2.5)
    rows = list(found.values())
    cells = [one[5] for one in csv.reader(io.StringIO(render(rows, export, "551")))]
    assert cells[3:5] == ["EX", "2.5"]
    assert cells[6] == "EX", "what Canvas had for another learner stays"


@pytest.mark.parametrize(
    ("assignment", "found"),
    [("551", "Affine (551)"), ("essay", "Essay (552)"), ("", ""), ("none such", "none such")],
)
def test_an_assignment_has_one_name_for_the_journal(exported, assignment, found):
    """Title and number, by whichever it was named; or the text itself if that is not certain."""
    assert assignment_in(exported(), assignment) == found
