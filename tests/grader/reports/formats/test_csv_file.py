"""The marks as CSV: empty where there is no mark, and harmless in a spreadsheet."""

import csv
import io
import re
from dataclasses import replace

import pytest
from gradebooks import (
    BAD,
    EMPTY,
    GOOD,
    HOSTILE,
    OURS,
    PARTS,
    learner,
    marked,
    on_roster,
    row,
    unloaded,
)
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.marks import Lateness
from grader.reports.formats.csv_file import render
from grader.reports.pseudonyms import pseudonymised

HEADER = ["name", "id", "section", "01_ex", "02_ex", "total", "late", "status", "notes"]


def table(*rows):
    header, *found = csv.reader(io.StringIO(render(rows)))
    return header, [dict(zip(header, one, strict=True)) for one in found]


def test_each_learner_is_one_row():
    """With id and section of the roster, and what is a note on the row."""
    jane = on_roster(learner("Doe, Jane", "7", "Mon"), GOOD, BAD)
    header, (found,) = table(replace(jane, notes=("handed in late", "two files")))
    assert header == HEADER
    assert list(found.values()) == [
        *("Doe, Jane", "7", "Mon", "4", "2", "6", "", "not done", "handed in late; two files")
    ]
    assert render([jane]).startswith("name,id,section,01_ex")


def test_no_mark_is_an_empty_cell_and_no_zero():
    """Nothing handed in, code that did not load, and a fault of the grader."""
    _, found = table(
        row("good", GOOD, GOOD),
        row("nothing", EMPTY, EMPTY, handed_in=""),
        unloaded(row("torch", BAD, BAD)),
        row("ours", OURS, GOOD),
        row("stub", EMPTY, EMPTY),
    )
    assert [(one["01_ex"], one["02_ex"], one["total"], one["status"]) for one in found] == [
        ("4", "4", "8", "done"),
        ("", "", "", "nothing was handed in"),
        ("", "", "", "did not load"),
        ("", "4", "", "the grader itself failed on their work"),
        ("0", "0", "0", "not done"),
    ]


def test_marks_by_hand_and_lateness_are_in_it():
    """Also of a learner who handed in nothing."""
    late = Lateness("bob", "h0", "01_ex", 25, "1 h late", "t0")
    _, found = table(
        marked(row("jane", EMPTY, EMPTY, handed_in=""), 3),
        replace(row("bob", GOOD, GOOD), late=(late,)),
    )
    assert [(one["01_ex"], one["02_ex"], one["total"], one["late"]) for one in found] == [
        ("3", "", "3", ""),
        ("3", "4", "7", "01_ex 25% off"),
    ]


@pytest.mark.parametrize("hostile", [*HOSTILE, "@SUM(1)", "+1+cmd|' /C calc'!A0", "-2+3", "a\tb"])
def test_no_text_is_a_formula_or_another_row(hostile):
    """Names, sections, ids and notes; it is what OWASP calls CSV injection."""
    person = learner(hostile or "x", hostile or "x", hostile)
    evil = replace(on_roster(person, GOOD), notes=(hostile,))
    text = render([evil])
    assert len(text.splitlines()) == 2
    (cells,) = list(csv.reader(io.StringIO(text)))[1:]
    assert len(cells) == 8
    assert not any(cell.startswith(("=", "+", "@", "\t")) for cell in cells)
    assert text.encode().decode() == text


@given(st.text(), st.text(), st.text())
def test_whatever_is_written_there_is_one_row_of_the_same_width(name, section, note):
    """Line ends, quotes, separators and surrogates included."""
    text = render([replace(row(name, GOOD, section=section), notes=(note,))])
    assert len(text.encode().splitlines()) == 2
    assert [len(cells) for cells in csv.reader(io.StringIO(text))] == [8, 8]


def test_with_pseudonyms_there_is_no_name_and_no_id():
    """Nor a note, which may name people."""
    jane = on_roster(learner("Doe, Jane", "7", "Mon"), GOOD)
    text = render(pseudonymised([replace(jane, notes=("Jane was late",))], "5ec7e7"))
    assert not re.search("doe|jane|,7,", text, re.IGNORECASE)
    assert text.splitlines()[1].endswith(",,Mon,4,4,,done,")


def test_a_class_without_rows_has_a_header():
    """So that a tool finds its columns."""
    assert render([]) == "name,id,section,total,late,status,notes\n"


def test_each_part_has_its_total():
    """Empty where there is no mark; a class of one part has no such column."""
    excused = marked(row("ex", GOOD, BAD, GOOD), exercise="03_ex", excused=True)
    rows = [row("good", GOOD, BAD, GOOD), row("nothing", EMPTY, EMPTY, EMPTY, handed_in="")]
    header, *found = csv.reader(io.StringIO(render([*rows, excused], PARTS)))
    assert header[3:9] == ["01_ex", "02_ex", "03_ex", "part 1", "part 2", "total"]
    assert [one[6:9] for one in found] == [["6", "4", "10"], ["", "", ""], ["", "", ""]]
    assert "part" not in render([row("good", GOOD, BAD)], PARTS)
