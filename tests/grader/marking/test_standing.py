"""How marks stand: what people set survives the judge, and what is published stays as it was."""

from dataclasses import replace

import pytest
from gradebooks import BAD, GOOD, OURS, verdict

from grader.journal import JournalError, Line
from grader.marking.marks import WHOLE, Mark, Publication, beneath, digest_of, points_of
from grader.marking.standing import notes_on, standings

ADA, BETTER = verdict("ada", BAD), replace(verdict("ada", GOOD), submission="h1")


def mark(points=3, comment="", *, on=ADA, exercise="01_ex", withdrawn=False, by="eve"):
    found = beneath(on, exercise)
    return Mark("ada", exercise, points, comment, "a typo", by, found, withdrawn, "t1")


def published(on=ADA, marks=()):
    return Publication("ada", digest_of(on, marks), "eve", "t2")


def lines(*contents):
    return [Line(f"t{number}", content) for number, content in enumerate(contents)]


def standing(*contents):
    return standings(lines(*contents))["ada"]


def points(one):
    return [points_of(exercise, one.marks) for exercise in one.verdict.exercises]


def test_what_is_set_by_hand_counts_whatever_the_judge_finds_later():
    """And the mark is to be looked at again exactly if something else was handed in or found."""
    assert points(standing(ADA, mark())) == [3]
    assert standing(ADA, mark(), ADA).to_review == ()
    moved = replace(ADA, conditions=replace(ADA.conditions, course="c1"))
    assert standing(ADA, mark(), moved).to_review == ()
    later = standing(ADA, mark(), BETTER)
    assert points(later) == [3]
    assert later.to_review == (mark(),)
    assert "look at that again" in " ".join(notes_on(later))


def test_the_last_points_and_the_last_comment_hold_side_by_side():
    """A comment by somebody else does not put her name under the points."""
    found = standing(ADA, mark(1), mark(3), mark(None, "so", by="x"), mark(None, "no", by="y"))
    assert points(found) == [3]
    assert [(one.by, one.comment) for one in found.marks] == [("eve", ""), ("y", "no")]


def test_what_is_withdrawn_does_not_count_and_others_do():
    """It is taken back on one exercise, with its comments."""
    whole = mark(None, "fine", exercise=WHOLE)
    found = standing(ADA, mark(), mark(None, "x"), whole, mark(None, withdrawn=True))
    assert found.marks == (whole,)
    assert points(found) == [2]


def test_published_is_what_stood_then_until_it_is_published_again():
    """Neither a new verdict nor a new mark shows before."""
    history = lines(ADA, mark(), published(ADA, [mark()]), mark(1), BETTER)
    draft, told = standings(history)["ada"], standings(history, published=True)["ada"]
    assert (points(draft), draft.published) == ([1], "")
    assert (points(told), told.published, told.verdict) == ([3], "t2", ADA)
    assert "a draft" in notes_on(draft)[-1]
    again = [*history, Line("t9", Publication("ada", draft.digest, "eve", "t9"))]
    assert points(standings(again, published=True)["ada"]) == [1]


def test_who_is_not_published_is_in_no_published_report():
    """There may be others who are."""
    history = lines(ADA, verdict("bob", GOOD), published())
    assert list(standings(history, published=True)) == ["ada"]


def test_a_published_mark_whose_lines_were_taken_out_is_told():
    """It is not replaced by another one in silence; publishing again mends it."""
    history = lines(ADA, published(ADA, [mark()]))
    with pytest.raises(JournalError, match="'ada' at t2 is not what the journal has"):
        standings(history, published=True)
    assert standings([*history, *lines(published())], published=True)["ada"].verdict == ADA


def test_our_own_failure_is_settled_by_points_set_by_hand():
    """Somebody has looked at it then."""
    failed = verdict("ada", OURS)
    assert standing(failed).has_grader_error
    assert standing(failed, mark(None, "sorry", on=failed)).has_grader_error
    assert not standing(failed, mark(on=failed)).has_grader_error


def test_a_mark_on_an_exercise_that_is_not_judged_now_waits():
    """It neither counts nor is lost."""
    found = standing(ADA, mark(exercise="02_ex"))
    assert found.marks_that_count == ()
    assert found.marks
