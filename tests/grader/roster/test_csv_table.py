"""Cells and lines are those that Python's csv module reads; how they are written is kept."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import RosterError
from grader.roster.csv_table import MAX_CELL, Column, Table, parse, records

PATH = Path("roster.csv")
CELLS = st.text(st.sampled_from("ab ,;\t\"'\r\n=é"), max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), min_size=1, max_size=4)


def written(table, delimiter, end):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(table)
    return out.getvalue()


def read_by_csv(text, delimiter, *, skip=False):
    """Line and cells of each record, as the csv module has them."""
    lines = io.StringIO(text, newline="")
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=skip)
    found, line = [], 1
    for record in reader:
        found.append((line, record or [""]))
        line = reader.line_num + 1
    return found


def read_by_us(text, delimiter):
    return [
        (one.line, [one[number] for number in range(len(one.cells))])
        for one in parse(PATH, text, delimiter)
    ]


def bare(found):
    return [(line, [cell.lstrip(" ") for cell in cells]) for line, cells in found]


@given(TABLES, st.sampled_from(",;\t"), st.sampled_from(["\n", "\r\n"]))
def test_cells_and_lines_are_those_that_csv_reads(table, delimiter, end):
    """Of whatever it writes."""
    text = written(table, delimiter, end)
    assert read_by_us(text, delimiter) == read_by_csv(text, delimiter)


@given(st.text(st.sampled_from('a ,"\r\n'), max_size=12))
def test_any_text_is_read_or_refused_as_by_csv(text):
    """Quotes in the middle of a cell, not closed, behind spaces; ends of lines of all systems."""
    try:
        expected = read_by_csv(text, ",", skip=True)
    except csv.Error:
        with pytest.raises(RosterError, match="cannot be parsed"):
            read_by_us(text, ",")
        return
    # Spaces before a cell without quotes are kept here, and skipped there.
    assert bare(read_by_us(text, ",")) == bare(expected)


@given(st.text(st.sampled_from('a ,"\r\n'), max_size=12))
def test_what_was_read_can_be_written_back_to_the_letter(text):
    """Cells, delimiters and ends of lines are all of it."""
    try:
        found = list(parse(PATH, text, ","))
    except RosterError:
        return
    assert "".join(",".join(one.cells) + one.end for one in found) == text


def test_a_cell_has_no_more_characters_than_csv_allows():
    """Such a file is no roster."""
    assert csv.field_size_limit() == MAX_CELL
    assert read_by_us("x" * MAX_CELL, ",") == [(1, ["x" * MAX_CELL])]
    with pytest.raises(RosterError, match=r"roster\.csv, line 2: .*cannot be parsed"):
        read_by_us("a\n" + "x" * (MAX_CELL + 1), ",")


def test_empty_records_are_left_out_and_spaces_made_one():
    """Of a roster, where neither says anything."""
    found = list(records(PATH, 'name, id\n\n, \n" Jane\n  Doe ",7\n', ","))
    assert found == [(1, ["name", "id"]), (4, ["Jane Doe", "7"])]


def table(text, line=1, columns=()):
    return Table(PATH, text, ",", line, ("name", "id"), columns)


def test_rows_are_what_is_below_the_header():
    """What stands above it, such as a title, is no row."""
    text = "Class 7\nname,id\nAda,1\nBob,2\n"
    assert list(table(text, line=2).rows()) == [(3, ["Ada", "1"]), (4, ["Bob", "2"])]


def test_a_row_that_is_too_long_is_told_with_what_to_do():
    """A name such as "Doe, Jane" without quotes would put everything in the wrong column."""
    with pytest.raises(RosterError, match=r"line 2: expected 2 cells, found 3\. Put quotes"):
        list(table("name,id\nDoe, Jane,1\n").rows())
    assert list(table("name,id\nAda,1,\n").rows()) == [(2, ["Ada", "1", ""])]


@pytest.mark.parametrize(
    ("header", "is_canvas"), [("sis login id", True), ("id", False), ("sis user id", False)]
)
def test_canvas_is_known_by_a_column_of_its_own(header, is_canvas):
    """Its other columns are those of many others."""
    assert table("", columns=(Column(0, header, "id"),)).is_canvas is is_canvas
