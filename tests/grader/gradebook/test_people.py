"""Marks follow people, and are not left behind in another journal."""

import json
import tempfile
from pathlib import Path

import pytest
from gradebooks import BAD, GOOD, verdict
from hypothesis import given, settings
from hypothesis import strategies as st
from marking.journals import EXERCISE, journal_in

from grader.errors import SubmissionError
from grader.gradebook.journal import Journal, JournalError, erase
from grader.gradebook.people import (
    check_nothing_is_left_behind,
    follow,
    people_of,
    record,
    submissions_named,
)
from grader.gradebook.records.graded_class import GradedClass
from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import Line
from grader.gradebook.records.merging import merge
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.setting import publish, set_mark
from grader.gradebook.standing import standings
from grader.roster.roster import Learner
from grader.submissions.class_folder import PendingSubmission

BOB = Learner("Berg, Bob", "A", "bob@x.edu", ("1002", "bob@x.edu", "bob"))


def entry(name, identifier="", learner=None):
    return GradebookEntry(PendingSubmission(name, identifier, lambda: None), learner)


def person(name, *ids, called=None):
    return Identity(name, called or name, ids)


def marked_journal(folder, *people, name="j", **graded):
    """A journal in which everybody has a mark that was set by hand, and is published."""
    path = journal_in(folder, *(verdict(one.name, BAD) for one in people), name=name, **graded)
    with Journal.existing(path) as journal:
        record(journal, people)
        for one in people:
            set_mark(journal, one.name, EXERCISE, 3.5, reason=f"of {one.ids}", by="eve")
        publish(journal, [], "eve")
    return path


def test_people_are_known_by_the_platforms_number_and_the_roster():
    """Called as they are in the table."""
    entries = [entry("bergbob_77", "77", BOB), entry("Jane Doe_5", "5"), entry("eve")]
    assert people_of(entries) == (
        Identity("bergbob_77", "Berg, Bob", ("77", "1002", "bob@x.edu", "bob")),
        Identity("Jane Doe_5", "Jane Doe_5", ("5",)),
        Identity("eve", "eve", ()),
    )


@pytest.mark.parametrize("name", ["bergbob_77", "Berg, Bob", "1002"])
def test_who_is_to_be_judged_again_may_be_named_as_in_the_table(name):
    """Or by an id."""
    entries = [entry("bergbob_77", "77", BOB), entry("eve")]
    assert submissions_named(entries, [name], "--regrade") == {"bergbob_77"}
    with pytest.raises(SubmissionError, match=r"^--regrade: .* found 'Bob Berg'.*Berg, Bob"):
        submissions_named(entries, ["eve", "Bob Berg"], "--regrade")


def test_names_of_a_journal_help_where_there_is_no_roster():
    """They were recorded when the class was graded with one."""
    lines = [Line("t", Identity("bob", "Berg, Bob", ("1002",)))]
    assert submissions_named([entry("bob")], ["Berg, Bob"], "x", lines) == {"bob"}


def test_who_is_who_is_recorded_once(tmp_path):
    """And again if it changes; of nobody who is not judged, or has no ids and no other name."""
    path = journal_in(tmp_path)
    with Journal.existing(path) as journal:
        for _ in range(2):
            record(journal, [person("ada"), person("bob", "1002"), person("zoe", "9")])
        assert len(journal.lines) == 3
        record(journal, [person("bob", "1002", called="Bob")])
        assert len(journal.lines) == 4


def test_marks_and_publications_follow_somebody_with_another_name(tmp_path):
    """They were lost or someone else's elsewhere (openwebwork/webwork2 issue 2605)."""
    path, told = marked_journal(tmp_path, person("Bob Berg_501", "501")), []
    now = [person("Robert Berg_501", "501")]
    with Journal.existing(path) as journal:
        before = standings(journal.lines)["Bob Berg_501"]
        follow(journal, now, told.append)
        assert journal.verdicts.keys() == {"Robert Berg_501"}
        follow(journal, now, told.append)
    assert len(told) == 1
    assert "Bob Berg_501 is now Robert Berg_501" in told[0]
    with Journal.existing(path) as journal:
        found = standings(journal.lines, published=True)
        assert found.keys() == {"Robert Berg_501"}
        assert found["Robert Berg_501"].marks[0].points == before.marks[0].points == 3.5
    assert erase(path, "Robert Berg_501") == ("Robert Berg_501", 5)
    assert b"Berg" not in path.read_bytes()


@settings(max_examples=40)
@given(st.permutations(["a", "b", "c", "d"]), st.permutations(["a", "b", "c", "x"]))
def test_everybody_keeps_their_own_mark_however_names_change_hands(before, now):
    """Swaps and rings of names included."""
    with tempfile.TemporaryDirectory() as folder:
        people = [person(name, f"{n}") for n, name in enumerate(before)]
        path = marked_journal(Path(folder), *people)
        with Journal.existing(path) as journal:
            follow(journal, [person(name, f"{n}") for n, name in enumerate(now)], str)
        with Journal.existing(path) as journal:
            found = standings(journal.lines)
        reasons = {name: [mark.reason for mark in one.marks] for name, one in found.items()}
        assert reasons == {name: [f"of {(str(n),)}"] for n, name in enumerate(now)}


def test_merging_keeps_the_names_that_people_have_now(tmp_path):
    """Also of a copy that was made before."""
    path = marked_journal(tmp_path, person("alex", "7"))
    copy = tmp_path / "copy"
    copy.write_bytes(path.read_bytes())
    with Journal.existing(path) as journal:
        follow(journal, [person("alexander", "7")], str)
        journal.add(verdict("alex", GOOD), 0.1)  # somebody else
        expected = standings(journal.lines)
    assert merge(tmp_path / "m", [path, copy]) == (2, 5)
    with Journal.existing(tmp_path / "m") as journal:
        assert standings(journal.lines) == expected
        assert expected["alex"].marks == ()


def test_a_journal_of_the_version_before_is_read_and_its_marks_follow_the_platforms_number(
    tmp_path,
):
    """Schema 4 has no ids but in the names of submissions; its header says no exercise."""
    path = tmp_path / "j"
    path.write_bytes((Path(__file__).parent / "journals" / "version_4.jsonl").read_bytes())
    before = path.read_bytes().splitlines()
    people = (person("Ada Ash_500", "500"), person("Robert Berg_501", "501"))
    with Journal(path, GradedClass(Path("/class"), EXERCISE, "", people)) as journal:
        follow(journal, people, str)
        record(journal, people)
        found = standings(journal.lines, published=True, scope=EXERCISE)
    header, *lines = path.read_bytes().splitlines()
    assert json.loads(header) == {"journal": 5, "class": "/class", "exercise": EXERCISE}
    assert lines[: len(before) - 1] == before[1:]
    (mark,) = found["Robert Berg_501"].marks
    assert (mark.points, mark.comment, mark.by) == (3, "Nearly.", "tutor")
    assert found["Robert Berg_501"].is_published
    assert found["Ada Ash_500"].is_published
    with pytest.raises(JournalError, match=f"is the journal of {EXERCISE}, not of 02_ex"):
        Journal(path, GradedClass(Path("/class"), "02_ex", "", people)).__enter__()


AGAIN = GradedClass(Path("/x/submissions (1).zip"), EXERCISE, "", (person("p_1", "1"),))


def left(folder, graded=AGAIN):
    check_nothing_is_left_behind(folder / "submissions (1).journal", graded)


def test_a_second_download_does_not_begin_without_the_marks_of_the_first(tmp_path):
    """Browsers call it submissions (1).zip; the way to take the marks along is told."""
    marked_journal(tmp_path, person("p_1", "1"), name="submissions.journal", exercise=EXERCISE)
    with pytest.raises(JournalError, match=r"submissions\.journal has marks .*: p_1\.") as told:
        left(tmp_path)
    assert "grader merge" in str(told.value)
    assert "--class '/x/submissions (1).zip'" in str(told.value)


@pytest.mark.parametrize(
    ("people", "graded"),
    [
        (person("p_1", "1"), {"exercise": "02_ex"}),
        (person("p_1", "1"), {"exercise": EXERCISE, "assignment": "Again (9)"}),
        (person("p_2", "2"), {"exercise": EXERCISE}),
    ],
    ids=["exercise", "assignment", "people"],
)
def test_marks_of_another_class_exercise_or_assignment_are_not_in_the_way(tmp_path, people, graded):
    """Every week has a journal of its own."""
    marked_journal(tmp_path, people, name="submissions.journal", **graded)
    (tmp_path / "other.journal").write_text("no journal")
    asked = GradedClass(AGAIN.source, EXERCISE, "Affine (8)", AGAIN.people)
    left(tmp_path, asked)


def test_a_copy_of_a_folder_without_ids_is_known_by_its_name_and_the_names_in_it(tmp_path):
    """A journal without decisions has nothing to lose."""
    plain = GradedClass(Path("/x/class (2)"), EXERCISE, "", (person("ada"), person("bob")))
    options = {"source": "class", "exercise": EXERCISE}
    path = journal_in(tmp_path, name="class.journal", **options)
    left(tmp_path, plain)
    with Journal.existing(path) as journal:
        set_mark(journal, "bob", EXERCISE, 1, reason="x", by="eve")
    with pytest.raises(JournalError, match="bob"):
        left(tmp_path, plain)
    left(tmp_path, GradedClass(Path("/x/tuesday"), EXERCISE, "", plain.people))
