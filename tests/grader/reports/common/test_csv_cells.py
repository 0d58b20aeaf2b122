"""Changing one column of a CSV file: other cells stay the same, and formulas are defused."""

import csv
import io
from pathlib import Path

import pytest
from gradebooks import BAD, EMPTY, GOOD, OURS, learner, marked, on_roster, row
from hypothesis import given
from hypothesis import strategies as st

from grader.reports.common.csv_cells import Sheet, defused, left_out, score

PATH = Path("export.csv")
CELLS = st.text(st.sampled_from("ab ,;\t\"'\r\n=é"), max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4)


def written(table, delimiter, end, quoting):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)
    return out.getvalue()


FILES = st.builds(
    written,
    TABLES,
    st.just(","),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)


@given(FILES | FILES.map(str.rstrip))
def test_what_is_not_touched_stays_to_the_letter(text):
    """Quotes, spaces, line ends, and a last line without a line end."""
    assert str(Sheet(PATH, text, ",")) == text


@given(TABLES, CELLS, st.integers(0, 5))
def test_what_is_put_in_a_cell_is_read_there_and_nowhere_else(table, text, column):
    """Rows that are too short are extended."""
    sheet = Sheet(PATH, written(table, ",", "\n", csv.QUOTE_ALL), ",")
    sheet.put(sheet.records[0], column, text)
    first, *rest = csv.reader(io.StringIO(str(sheet), newline=""))
    wanted = table[0] + [""] * (column + 1 - len(table[0]))
    wanted[column] = text
    assert (first or [""]) == wanted  # to csv an empty line has no cell
    assert rest == table[1:]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(1)",
        "\tx",
        "\r=x",
        "\n=x",
        "  =1",
        "＝1",
        '="=x"',
    ],
)
def test_what_a_spreadsheet_may_take_for_a_formula_is_defused(text):
    """An apostrophe is put before it; the text is kept."""
    assert defused(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "-", "-5", "+4.5", "Doe, Jane", "a=b", "-jane@x.org", "7"])
def test_what_cannot_run_anything_is_left_alone(text):
    """A hyphen is Moodle's sign for no grade, and an address must stay findable."""
    assert defused(text) == text


def test_dangerous_cells_of_a_file_are_defused_and_told():
    """In any row and column."""
    sheet = Sheet(PATH, 'a,"=x, y"\n@z,-\n', ",")
    assert sheet.defuse() == ["=x, y", "@z"]
    assert str(sheet) == "a,\"'=x, y\"\n'@z,-\n"


def test_points_are_told_of_who_handed_in_something():
    """No points without a submission, or after a grader error."""
    jane = learner("Doe, Jane", "7")
    assert score(on_roster(jane, GOOD)) == "4"
    assert score(on_roster(jane, BAD)) == "2"
    assert score(on_roster(jane, EMPTY)) == "0"
    assert score(on_roster(jane, EMPTY, handed_in=False)) is None
    assert score(on_roster(jane, OURS)) is None
    assert score(None) is None


def test_who_gets_no_score_though_something_was_handed_in_is_told():
    """Submissions that are not on the roster, and those with a grader error."""
    jane, bob = learner("Doe, Jane", "7"), learner("Roe, Bob", "8")
    told = left_out([on_roster(jane, OURS), on_roster(bob, GOOD), row("eve", GOOD)])
    assert told == [
        "Doe, Jane gets no score, since the grader itself failed on their work",
        "eve is not on the roster, and so not in the file",
    ]


def test_points_set_by_hand_are_the_score_whatever_was_handed_in():
    """Also after a grader error; a comment is not a score."""
    jane = learner("Jane", "1")
    assert score(marked(on_roster(jane, GOOD), 1)) == "1"
    assert score(marked(on_roster(jane, EMPTY, handed_in=False), 0)) == "0"
    assert score(marked(on_roster(jane, EMPTY, handed_in=False), comment="x")) is None
    assert score(marked(on_roster(jane, OURS), 3)) == "3"
    assert left_out([marked(on_roster(jane, OURS), 3)]) == []
    assert score(marked(on_roster(jane, OURS, OURS), 3)) is None


def test_half_points_are_written_with_a_point_and_whole_ones_without():
    """4.5 was once written as 4.0 (autolab/Autolab issue 150)."""
    jane = on_roster(learner("Jane", "1"), GOOD, GOOD)
    assert score(marked(jane, 1.5)) == "5.5"
    assert score(marked(marked(jane, 1.5), 2.5, exercise="02_ex")) == "4"


@pytest.mark.parametrize("exercise", ["01_ex", ""])
def test_who_is_excused_has_no_score_whatever_was_found(exercise):
    """Neither full marks nor zero is right; an excuse from all of it is one from each exercise."""
    jane = learner("Jane", "1")
    assert score(marked(on_roster(jane, GOOD), excused=True, exercise=exercise)) is None
    assert score(marked(on_roster(jane, OURS), excused=True, exercise=exercise)) is None


def test_who_is_excused_from_a_part_gets_no_score_and_is_told():
    """The platform's maximum is that of all exercises: in doubt nothing is written."""
    jane = marked(on_roster(learner("Jane", "1"), GOOD, GOOD), excused=True, exercise="02_ex")
    assert score(jane) is None
    (told,) = left_out([jane])
    assert told.startswith("Jane gets no score: excused from 02_ex")
