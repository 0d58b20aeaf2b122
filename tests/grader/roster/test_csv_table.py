"""Tables of CSV: their records, and the lines on which these are."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RosterError
from grader.roster.csv_table import Column, Table, records

PATH = Path("roster.csv")
CELL = st.text(st.sampled_from('ab"\n,;\t 王-'), max_size=6)


def table(text, header=("name", "id"), line=1, columns=()):
    return Table(PATH, text, ",", line, header, columns)


def test_records_have_the_line_that_they_begin_in():
    """A cell may go over several; empty lines, and lines of nothing but separators, are none."""
    text = 'name,id\n\n"Ada\nL.",1\n , \nBob,2\n'
    assert list(records(PATH, text, ",")) == [
        (1, ["name", "id"]),
        (3, ["Ada L.", "1"]),
        (6, ["Bob", "2"]),
    ]


@given(st.lists(st.lists(CELL, min_size=2, max_size=3), max_size=4), st.sampled_from(",;\t"))
def test_whatever_is_written_is_read(rows, delimiter):
    """Up to white space, which spreadsheets add and take away."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
    found = [cells for _, cells in records(PATH, written.getvalue(), delimiter)]
    expected = [[" ".join(cell.split()) for cell in row] for row in rows]
    assert found == [row for row in expected if any(row)]


@pytest.mark.parametrize("text", ['a,b\n"c,d\n', 'a,b\n"c"d,e\n'])
def test_what_is_no_csv_is_told_with_its_line(text):
    """And what the reason probably is."""
    with pytest.raises(RosterError, match=r"roster\.csv, line 2: .*Is a quote not closed\?"):
        list(records(PATH, text, ","))


def test_rows_are_what_is_below_the_header():
    """What stands above it, such as a title, is no row."""
    text = "Class 7\nname,id\nAda,1\nBob,2\n"
    assert list(table(text, line=2).rows()) == [(3, ["Ada", "1"]), (4, ["Bob", "2"])]


def test_a_row_that_is_too_long_is_told_with_what_to_do():
    """A name such as "Doe, Jane" without quotes would put everything in the wrong column."""
    text = "name,id\nDoe, Jane,1\n"
    with pytest.raises(RosterError, match=r"line 2: expected 2 cells, found 3\. Put quotes"):
        list(table(text).rows())
    assert list(table("name,id\nAda,1,\n").rows()) == [(2, ["Ada", "1", ""])]


@pytest.mark.parametrize(
    ("header", "is_canvas"), [("sis login id", True), ("id", False), ("sis user id", False)]
)
def test_canvas_is_known_by_a_column_of_its_own(header, is_canvas):
    """Its other columns are those of many others."""
    assert table("", columns=(Column(0, header, "id"),)).is_canvas is is_canvas
