"""Selection of the rows to show, and warnings about those left out."""

from types import SimpleNamespace

import pytest
from gradebooks import BAD, GOOD, verdict
from marking.journals import EXERCISE, journal_in

from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.selection import narrowed, of_sections, rows_to_show, warn_of_lost
from grader.gradebook.setting import publish, set_mark
from grader.roster.roster import Learner, read_export
from grader.submissions.class_folder import PendingSubmission

ADA, BOB = Learner("Ada", "A", "", ("1",)), Learner("Bob", "B", "", ("2",))


def nothing():
    raise AssertionError("nothing of it is read again")


def class_of(*pairs):
    return [GradebookEntry(PendingSubmission(name, "", nothing), one) for name, one in pairs]


CLASS = class_of(("ada", ADA), ("bob", BOB))


@pytest.fixture
def journal(tmp_path):
    """Opens a journal with verdicts on two learners, and a mark on one of them."""
    path = journal_in(tmp_path, verdict("ada", GOOD), verdict("bob", BAD))
    with Journal.existing(path) as journal:
        set_mark(journal, "bob", EXERCISE, 3, comment="", reason="by eye", by="eve")
        yield journal


def test_everybody_is_shown_with_what_people_have_set(journal):
    """Without a warning, since no row is left out."""
    told = []
    found = rows_to_show(CLASS, journal, False, told.append)
    assert [(row.name, row.points) for row in found] == [("Ada", 4), ("Bob", 3)]
    assert told == []


def test_only_what_is_published_is_shown_to_learners(journal):
    """Warns of rows left out; an error if no row would be left."""
    told = []
    with pytest.raises(JournalError, match="no marks are published yet"):
        rows_to_show(CLASS, journal, True, told.append)
    publish(journal, ["bob"], by="eve")
    assert [row.name for row in rows_to_show(CLASS, journal, True, told.append)] == ["Bob"]
    assert told == ["not published yet, and so not in the reports: ada"]


def test_marks_on_what_is_not_there_now_are_said(journal):
    """A submission may have been renamed since."""
    told = []
    warn_of_lost(journal, ["ada", "bob"], told.append)
    assert told == []
    warn_of_lost(journal, ["ada", "bob (2)"], told.append)
    (sentence,) = told
    assert sentence.startswith("marks set by hand on submissions that are no longer there: bob;")


def test_a_section_has_its_learners_and_nobody_else():
    """Submissions not on the roster are in no section; the warning names at most ten."""
    strangers = class_of(*((f"x{number}", None) for number in range(12)))
    told = []
    assert of_sections([*CLASS, *strangers], ["B"], told.append) == CLASS[1:]
    (sentence,) = told
    assert sentence.startswith("not on the roster, and so in no section: x0, x1, ")
    assert sentence.endswith(f" and {12 - sentence.count('x')} more")
    assert of_sections(CLASS, ["A"], told.append) == CLASS[:1]
    assert len(told) == 1


def test_a_platforms_file_leaves_all_others_as_they_are(tmp_path):
    """Only learners with a row are on the roster that is written back."""
    path = tmp_path / "roster.csv"
    path.write_text("name,id\nAda,1\nBob,2\n", "utf-8")
    export = read_export(path)
    bob = next(one for one in export.learners.values() if one.name == "Bob")
    kept = narrowed(export, [SimpleNamespace(learner=bob)])
    assert list(kept.learners.values()) == [bob]
    assert len(export.learners) == 2
    assert narrowed(export, []).learners == {}
