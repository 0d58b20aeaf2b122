"""Merging: disjoint sections become one journal, and a disagreement is reported."""

from dataclasses import replace

import pytest
from gradebooks import BAD, GOOD, verdict
from marking.journals import EXERCISE, journal_in

from grader.gradebook.journal import Journal, JournalError, read_journal, read_whole
from grader.gradebook.marks import Arrival
from grader.gradebook.records.merging import merge
from grader.gradebook.setting import publish, set_mark
from grader.gradebook.standing import standings

ADA, BOB = verdict("ada", GOOD), verdict("bob", BAD)


def standing(path, **options):
    with Journal.existing(path) as journal:
        return standings(journal.lines, **options)


def mark(path, name):
    with Journal.existing(path) as journal:
        set_mark(journal, name, EXERCISE, 1, comment="", reason="x", by="eve")
        publish(journal, [name], "eve")


def test_journals_of_disjoint_sections_become_one(tmp_path):
    """With all marks and publications; merging again gives the same bytes."""
    one, two = journal_in(tmp_path, ADA, name="a"), journal_in(tmp_path, BOB, name="b")
    mark(two, "bob")
    assert merge(tmp_path / "m", [one, two]) == (2, 4)
    assert standing(tmp_path / "m") == {**standing(one), **standing(two)}
    assert standing(tmp_path / "m", published=True) == standing(two, published=True)
    merge(tmp_path / "again", [one, two])
    assert (tmp_path / "again").read_bytes() == (tmp_path / "m").read_bytes()


def test_two_verdicts_under_the_same_conditions_are_a_conflict(tmp_path):
    """Nothing is written in this case."""
    one = journal_in(tmp_path, ADA, name="a")
    two = journal_in(tmp_path, replace(ADA, submission="h9"), BOB, name="b")
    with pytest.raises(JournalError, match=r"1 learners.*'ada'"):
        merge(tmp_path / "m", [one, two])
    assert not (tmp_path / "m").exists()


def test_under_other_conditions_the_later_verdict_holds(tmp_path):
    """Both verdicts are in the merged journal."""
    later = replace(ADA, conditions=replace(ADA.conditions, course="c1"))
    one, two = journal_in(tmp_path, ADA, name="a"), journal_in(tmp_path, later, name="b")
    assert merge(tmp_path / "m", [one, two]) == (1, 2)


def test_times_of_arrival_do_not_disagree(tmp_path):
    """Both graders had a list of times; the merged journal has both arrivals."""
    paths = [journal_in(tmp_path, ADA, name=name) for name in "ab"]
    for path, at in zip(paths, ("2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z"), strict=True):
        with Journal.existing(path) as journal:
            journal.decide(Arrival("ada", ADA.submission, at, f"{at[:-1]}+00:00"))
    merge(tmp_path / "m", paths)
    found = standing(tmp_path / "m")["ada"].arrivals_of(ADA)
    assert found == ("2026-12-01T10:00:00Z", "2026-12-02T10:00:00Z")


def test_a_copy_that_went_on_holds_and_two_that_did_are_a_conflict(tmp_path):
    """Decisions of people in both copies cannot be merged automatically."""
    one = journal_in(tmp_path, name="a")
    two = tmp_path / "b"
    two.write_bytes(one.read_bytes())
    mark(two, "bob")
    merge(tmp_path / "m", [one, two])
    assert standing(tmp_path / "m") == standing(two)
    with Journal.existing(one) as journal:
        set_mark(journal, "bob", EXERCISE, 2, comment="", reason="y", by="zoe")
    with pytest.raises(JournalError, match="'bob'"):
        merge(tmp_path / "other", [one, two])


def test_nothing_is_overwritten_and_another_class_is_told(tmp_path):
    """Journals of different folders can be merged if the class is named."""
    one = journal_in(tmp_path, ADA, name="a")
    two = journal_in(tmp_path, BOB, name="b", source="elsewhere")
    with pytest.raises(JournalError, match="already exists"):
        merge(one, [one, two])
    with pytest.raises(JournalError, match="--class"):
        merge(tmp_path / "m", [one, two])
    merge(tmp_path / "m", [one, two], "/here")
    assert Journal.existing(tmp_path / "m").source.as_posix() == "/here"


def test_journals_of_another_exercise_or_assignment_stay_apart(tmp_path):
    """What is published separately is one journal each; the class may be named, too."""
    one = journal_in(tmp_path, ADA, name="a", exercise="01_ex", assignment="A (1)")
    for name, graded in (("b", {"exercise": ""}), ("c", {"exercise": "01_ex"})):
        other = journal_in(tmp_path, BOB, name=name, assignment="B (2)", **graded)
        with pytest.raises(JournalError, match="these are journals of"):
            merge(tmp_path / "m", [one, other], "/class")
    assert not (tmp_path / "m").exists()


def test_a_merged_journal_is_of_the_exercise_and_assignment_of_all(tmp_path):
    """Where the class is named anew, the next run may name another assignment."""
    one = journal_in(tmp_path, ADA, name="a", exercise="01_ex", assignment="A (1)")
    two = journal_in(tmp_path, BOB, name="b", exercise="01_ex")
    merge(tmp_path / "m", [one, two])
    found, _ = read_journal(tmp_path / "m", read_whole(tmp_path / "m"))
    assert (found.exercise, found.assignment) == ("01_ex", "A (1)")
    merge(tmp_path / "n", [one], "/there")
    found, _ = read_journal(tmp_path / "n", read_whole(tmp_path / "n"))
    assert (found.source, found.exercise, found.assignment) == ("/there", "01_ex", "")
