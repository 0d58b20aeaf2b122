"""Moodle's grading worksheet in languages whose headers are not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.roster.csv_table import Column
from grader.roster.roster import read_export
from grader.roster.worksheet import columns_of

DUTCH = """\
ID,Volledige naam,E-mailadres,Status,Cijfer,Hoogste cijfer,Cijfer kan gewijzigd worden,\
Laatst gewijzigd (inzending),Online tekst,Laatst gewijzigd (cijfer)
Deelnemer 501,Ana Ito,ana@x.org,Ingezonden,,"10,00",Ja,2026-11-01 10:00,,-
Deelnemer 502,Ben Oak,ben@x.org,Ingezonden,"8,00","10,00",Ja,2026-11-01 11:00,,2026-11-03 11:00
"""
GREEK = """\
Αναγνωριστικό,Πλήρες όνομα,Κατάσταση,Βαθμός,Μέγιστος βαθμός
Συμμετέχων 501,Ana Ito,Υποβλήθηκε,,10
Συμμετέχων 502,Ben Oak,Υποβλήθηκε,,10
"""
POLISH_BLIND = """\
Identyfikator;Status;Ocena;Maksymalna ocena
Uczestnik 501;Przesłane do oceny;;10.00
Uczestnik 502;Brak zgłoszenia;;10.00
"""
JAPANESE_BLIND_IN_TEAMS = """\
識別子,ステータス,グループ,評定,最大評点
参加者501,提出済み,班1,,10
参加者502,提出済み,班1,,10
参加者503,提出済み,班2,,10
"""
PEOPLE = {"Ana Ito": "501", "Ben Oak": "502"}


def export_of(text, tmp_path):
    path = tmp_path / "worksheet.csv"
    path.write_text(text, "utf-8")
    return read_export(path)


@pytest.mark.parametrize("text", [DUTCH, GREEK])
def test_people_are_known_in_any_language(tmp_path, text):
    """By their names, and by the numbers that Moodle's download has.

    sakaiproject/sakai#3231: an import that knew headers in English only.
    """
    learners = export_of(text, tmp_path).learners.values()
    assert {one.name: one.identifiers[0] for one in learners} == PEOPLE


@pytest.mark.parametrize(
    "text",
    [
        "Voornaam,Achternaam,E-mailadres,Groepen\nAna,Ito,ana@x.org,\nBen,Oak,ben@x.org,\n",
        "Όνομα,Ηλ. διεύθυνση\nAna Ito,ana@x.org\nBen Oak,ben@x.org\n",
    ],
)
def test_people_are_known_in_a_list_of_participants(tmp_path, text):
    """Their names are on the left of their addresses."""
    learners = export_of(text, tmp_path).learners.values()
    assert [(one.name, one.email) for one in learners] == [
        ("Ana Ito", "ana@x.org"),
        ("Ben Oak", "ben@x.org"),
    ]


def test_what_many_have_in_common_is_no_name(tmp_path):
    """Such as a degree."""
    text = "degree,address?\nMaster,ana@x.org\nMaster,ben@x.org\n"
    learners = export_of(text, tmp_path).learners.values()
    assert [one.name for one in learners] == ["ana@x.org", "ben@x.org"]


def test_columns_are_known_by_their_content(tmp_path):
    """The time is that of the submission, not that of the grade."""
    columns = export_of(DUTCH, tmp_path).columns
    assert {column.role: column.number for column in columns} == {
        "participant": 0,
        "name": 1,
        "email": 2,
        "grade": 4,
        "maximum": 5,
        "time": 7,
    }


@pytest.mark.parametrize("text", [POLISH_BLIND, JAPANESE_BLIND_IN_TEAMS])
def test_where_names_are_hidden_a_status_is_no_name(tmp_path, text):
    """Then the participant is all the name there is."""
    learners = list(export_of(text, tmp_path).learners.values())
    assert [one.identifiers for one in learners] == [
        (f"{number}",) for number in range(501, 501 + len(learners))
    ]
    assert learners[0].name in ("Uczestnik 501", "参加者501")


@pytest.mark.parametrize(
    "rows",
    [
        [["user1", "x", "", "10"], ["user2", "y", "", "10"]],
        [["Week 1", "x", "", "10"], ["Room 2", "y", "", "10"]],
        [["Ana", "x", "", "10"]],
        [],
        [[]],
    ],
    ids=["logins", "two words", "no number", "no rows", "an empty row"],
)
def test_another_table_is_no_worksheet(rows):
    """Logins may end in a number, and each participant is called alike."""
    assert columns_of(["a", "b", "c", "d"], rows, []) == ()


def test_where_two_columns_may_be_the_grade_none_is():
    """A grade must not be written over a student number."""
    rows = [["Participant 1", "Ana", "17", "2026", "Submitted", "", "10"]]
    roles = {column.role for column in columns_of(list("abcdefg"), rows, [])}
    assert roles == {"participant"}


def test_known_headers_come_first():
    """A second column of addresses does not change whose the first one is."""
    known = [Column(1, "email", "email")]
    rows = [["Participant 1", "-", "ana@x.org"]]
    assert {one.role: one.number for one in columns_of(["id", "email", "x"], rows, known)} == {
        "participant": 0,
        "email": 1,
    }


@given(st.lists(st.lists(st.text(max_size=8) | st.sampled_from(["P 1", "10", "-"]), max_size=7)))
def test_any_table_has_each_role_once(rows):
    """And only columns that it has."""
    columns = columns_of(["x"] * 7, rows, [])
    assert len({one.role for one in columns}) == len(columns)
    assert all(0 <= one.number < 7 for one in columns)
