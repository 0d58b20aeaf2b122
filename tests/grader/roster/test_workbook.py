"""Rosters as workbooks of Excel."""

import builtins
import io
import zipfile
from datetime import datetime

import openpyxl
import pytest

from grader.errors import RosterError
from grader.roster import workbook
from grader.roster.roster import Learner, read_export


def saved(*rows, before=()):
    """A workbook with these rows in its last sheet, and these empty sheets before it."""
    book = openpyxl.Workbook()
    for name in before:
        book.create_sheet(name, 0)
    for row in rows:
        book.worksheets[-1].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(tmp_path, content, name="roster.xlsx"):
    path = tmp_path / name
    path.write_bytes(content)
    return list(read_export(path).learners.items())


ROWS = (["Name", "ID", "Section"], [None], ["Ito; Ana", 1001, "A"], ["Ben", "007", None])


@pytest.mark.parametrize("name", ["roster.xlsx", "roster.csv"])
def test_a_workbook_is_a_roster_whatever_its_file_is_called(tmp_path, name):
    """Excel keeps numbers as floating point; leading zeros of text stay, and so do line numbers."""
    assert read(tmp_path, saved(*ROWS, before=["empty"]), name) == [
        (3, Learner("Ito; Ana", "A", "", ("1001",))),
        (4, Learner("Ben", "", "", ("007",))),
    ]


def test_a_time_in_a_cell_is_written_as_iso():
    """So that it can be read as a time of arrival."""
    assert workbook._text(datetime(2026, 11, 1, 10, 30)) == "2026-11-01 10:30:00"
    assert workbook._text(7.5) == "7.5"


def test_without_openpyxl_it_is_told_what_to_install(tmp_path, monkeypatch):
    """Or what to save the file as."""
    original = builtins.__import__

    def refuse(name, *arguments, **options):
        if name == "openpyxl":
            raise ImportError(name)
        return original(name, *arguments, **options)

    content = saved(*ROWS)
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(RosterError, match=r"openpyxl is needed: .*\[excel\].*CSV UTF-8"):
        read(tmp_path, content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xd0\xcf\x11\xe0 old", r"found \.xls\. Save it as \.xlsx"),
        (b"PK\3\4 cut off", "found a file that cannot be read"),
        (saved(), "found an empty file"),
        (saved(["Week", "Room"]), "expected a header with a column email, name, student or id"),
    ],
)
def test_what_is_no_roster_is_told(tmp_path, content, message):
    """A damaged file, an old format, and other tables."""
    with pytest.raises(RosterError, match=message):
        read(tmp_path, content)


def test_a_workbook_that_is_too_large_is_refused(tmp_path, monkeypatch):
    """Before it is unpacked, and before all its cells are kept."""
    monkeypatch.setattr(workbook, "MAX_CELLS", 5)
    with pytest.raises(RosterError, match="found more than 5 cells"):
        read(tmp_path, saved(*ROWS))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 1000)
    monkeypatch.setattr(workbook, "MAX_UNPACKED", 999)
    with pytest.raises(RosterError, match="found a workbook of 1,000 bytes"):
        read(tmp_path, out.getvalue())
