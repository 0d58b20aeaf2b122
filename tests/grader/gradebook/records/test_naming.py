"""Whom an instructor means: as it stands in the table, and never one of two."""

from pathlib import Path

import pytest
from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import JournalError, Line
from grader.gradebook.records.naming import Called, Naming, Unclear, called_in, submission_in
from grader.roster.roster import Learner

CLASS = Naming(
    {
        "bergbob_1002": Called(
            frozenset(("bergbob_1002", "Berg, Bob")), frozenset(("1002", "bob"))
        ),
        "kimjo_7": Called(frozenset(("kimjo_7", "Kim, Jo")), frozenset("7")),
        "kimjo_8": Called(frozenset(("kimjo_8", "Kim, Jo")), frozenset("8")),
        "zoë": Called(frozenset(("zoë",))),
    }
)
PATH = Path("j")


@pytest.mark.parametrize(
    ("name", "submission"),
    [
        ("bergbob_1002", "bergbob_1002"),
        ("Berg, Bob", "bergbob_1002"),
        ("1002", "bergbob_1002"),
        ("bob", "bergbob_1002"),
        ("7", "kimjo_7"),
        ("zoe\u0308", "zoë"),
    ],
)
def test_a_name_of_the_table_a_submission_or_an_id_is_understood(name, submission):
    """macOS writes ë as two characters, the roster as one."""
    assert CLASS.meant(name) == submission


def test_a_name_that_fits_two_is_refused_with_what_tells_them_apart():
    """Namesakes got each other's marks elsewhere (RunestoneInteractive/RunestoneServer 1038)."""
    with pytest.raises(Unclear, match=r"'Kim, Jo' fits several submissions: kimjo_7, kimjo_8"):
        CLASS.meant("Kim, Jo")


@pytest.mark.parametrize(
    ("name", "near"), [("Bergbob", "Berg, Bob"), ("berg, bob", "Berg, Bob"), ("kimjo_9", "kimjo_7")]
)
def test_near_names_are_suggested_for_one_that_fits_nobody(name, near):
    """Another spelling is not taken for the same person."""
    with pytest.raises(Unclear, match=f"found '{name}'; known names: .*{near}"):
        CLASS.meant(name)


def test_where_nothing_is_near_the_names_there_are_are_told():
    """At most ten of them."""
    with pytest.raises(Unclear, match=r"known names: .*Berg, Bob"):
        CLASS.meant("xxxxxxxx")
    with pytest.raises(Unclear, match="known names: none"):
        Naming({}).meant("bob")


@given(st.text())
def test_any_other_text_is_refused_with_one_error(name):
    """Whatever was pasted."""
    if not any(name in (*one.names, *one.ids) for one in CLASS.known.values()):
        with pytest.raises(Unclear):
            CLASS.meant(name)


@pytest.mark.parametrize(
    ("person", "submission"),
    [
        (Learner("Bob Berg"), "bergbob_1002"),
        (Learner("BERG BOB"), "bergbob_1002"),
        (Learner("Jo Kim", identifiers=("8",)), "kimjo_8"),
        (Learner("somebody", identifiers=("1002",)), "bergbob_1002"),
        (Learner("ZOË", identifiers=("99",)), "zoë"),
        (Learner("kimjo_7", identifiers=("kimjo_7",)), "kimjo_7"),
        (Learner("1002"), "bergbob_1002"),
    ],
)
def test_a_person_in_a_list_is_found_by_id_or_by_a_name_in_any_order(person, submission):
    """A list is written by another program, which spells names its own way."""
    assert CLASS.person(person) == submission


@pytest.mark.parametrize(
    "person",
    [
        Learner("Jo Kim"),
        Learner("Jo Kim", identifiers=("9",)),
        Learner("Bob Berg", identifiers=("2001",)),
        Learner("Nobody"),
        Learner("x", identifiers=("7", "8")),
        Learner("Bob", identifiers=("bob@b.edu", "bob")),
    ],
)
def test_a_person_whose_id_is_another_ones_or_unknown_is_nobody(person):
    """A namesake, and the same word before another @, are somebody else."""
    with pytest.raises(Unclear):
        CLASS.person(person)


def lines(*contents):
    return [Line(f"t{number}", content) for number, content in enumerate(contents)]


def test_a_journal_knows_the_names_of_the_table_without_the_roster():
    """They were recorded when the class was graded."""
    found = lines(verdict("bob", GOOD), Identity("bob", "Bob Berg", ("1002",), "t"))
    assert submission_in(PATH, found, "Bob Berg") == "bob"
    assert submission_in(PATH, found, "1002") == "bob"
    assert called_in(found).known["bob"].ids == {"1002"}


def test_an_old_journal_knows_them_with_the_roster_or_by_the_number_of_the_platform():
    """Nothing but names of submissions was recorded before schema 5."""
    found = lines(verdict("bergbob_1002", GOOD), verdict("team_1", GOOD), verdict("other_1", GOOD))
    roster = (Learner("Berg, Bob", identifiers=("1002", "b@x.edu")),)
    assert submission_in(PATH, found, "Berg, Bob", roster) == "bergbob_1002"
    assert submission_in(PATH, found, "b@x.edu", roster) == "bergbob_1002"
    assert submission_in(PATH, found, "1002") == "bergbob_1002"
    with pytest.raises(JournalError, match=r"^j: '1' fits several submissions"):
        submission_in(PATH, found, "1")
