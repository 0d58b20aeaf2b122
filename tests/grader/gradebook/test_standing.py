"""Current marks: those set by hand outlast new verdicts, and published ones stay the same."""

from dataclasses import replace

import pytest
from gradebooks import BAD, GOOD, OURS, verdict

from grader.gradebook.journal import JournalError, Line
from grader.gradebook.marks import (
    WHOLE,
    Attempt,
    Lateness,
    ManualMark,
    Publication,
    beneath,
    digest_of,
    points_of,
)
from grader.gradebook.standing import notes_on, standings
from grader.verdicts.verdict import Outcome

ADA, BETTER = verdict("ada", BAD), replace(verdict("ada", GOOD), submission="h1")


def mark(points=3, comment="", *, on=ADA, exercise="01_ex", withdrawn=False, by="eve"):
    found = beneath(on, exercise)
    return ManualMark("ada", exercise, points, comment, "a typo", by, found, withdrawn, "t1")


def published(on=ADA, marks=()):
    return Publication("ada", digest_of(on, marks), "eve", "t2")


def lines(*contents):
    return [Line(f"t{number}", content) for number, content in enumerate(contents)]


def standing(*contents):
    return standings(lines(*contents))["ada"]


def late(percent=50, on=ADA):
    return Lateness("ada", on.submission, "01_ex", percent, f"{percent}% off", "t3")


def points(one):
    return [points_of(exercise, one.marks, one.late) for exercise in one.verdict.exercises]


def test_what_is_set_by_hand_counts_whatever_the_judge_finds_later():
    """It is to be reviewed only if the submission or its outcomes have changed."""
    assert points(standing(ADA, mark())) == [3]
    assert standing(ADA, mark(), ADA).to_review == ()
    moved = replace(ADA, conditions=replace(ADA.conditions, course="c1"))
    assert standing(ADA, mark(), moved).to_review == ()
    later = standing(ADA, mark(), BETTER)
    assert points(later) == [3]
    assert later.to_review == (mark(),)
    assert "look at that again" in " ".join(notes_on(later))


def test_the_last_points_and_the_last_comment_hold_side_by_side():
    """A comment by another instructor does not change who set the points."""
    found = standing(ADA, mark(1), mark(3), mark(None, "so", by="x"), mark(None, "no", by="y"))
    assert points(found) == [3]
    assert [(one.by, one.comment) for one in found.marks] == [("eve", ""), ("y", "no")]


def test_what_is_withdrawn_does_not_count_and_others_do():
    """Withdrawing affects the marks and comments of one exercise."""
    whole = mark(None, "fine", exercise=WHOLE)
    found = standing(ADA, mark(), mark(None, "x"), whole, mark(None, withdrawn=True))
    assert found.marks == (whole,)
    assert points(found) == [2]


def test_published_is_what_stood_then_until_it_is_published_again():
    """Later verdicts and marks are not shown before."""
    history = lines(ADA, mark(), published(ADA, [mark()]), mark(1), BETTER)
    draft, told = standings(history)["ada"], standings(history, published=True)["ada"]
    assert (points(draft), draft.published) == ([1], "")
    assert (points(told), told.published, told.verdict) == ([3], "t2", ADA)
    assert "a draft" in notes_on(draft)[-1]
    again = [*history, Line("t9", Publication("ada", draft.digest, "eve", "t9"))]
    assert points(standings(again, published=True)["ada"]) == [1]


def test_who_is_not_published_is_in_no_published_report():
    """Other learners may be published."""
    history = lines(ADA, verdict("bob", GOOD), published())
    assert list(standings(history, published=True)) == ["ada"]


def test_a_published_mark_whose_lines_were_taken_out_is_told():
    """Reports an error instead of another mark; publishing again resolves it."""
    history = lines(ADA, published(ADA, [mark()]))
    with pytest.raises(JournalError, match="'ada' at t2 is not what the journal has"):
        standings(history, published=True)
    assert standings([*history, *lines(published())], published=True)["ada"].verdict == ADA


def test_our_own_failure_is_settled_by_points_set_by_hand():
    """A comment alone does not settle it."""
    failed = verdict("ada", OURS)
    assert standing(failed).has_grader_error
    assert standing(failed, mark(None, "sorry", on=failed)).has_grader_error
    assert not standing(failed, mark(on=failed)).has_grader_error


def test_an_excuse_holds_whatever_is_handed_in_later():
    """It takes the place of points and gives way to them; nothing of it is to be reviewed."""
    ill = replace(mark(None), excused=True)
    found = standing(ADA, mark(3), ill, BETTER)
    assert (found.marks, found.to_review) == ((ill,), ())
    assert "01_ex: excused by eve (reason: a typo)" in notes_on(found)
    assert standing(ADA, ill, mark(3)).marks == (mark(3),)
    assert standing(ADA, ill, mark(None, withdrawn=True)).marks == ()
    assert not standing(failed := verdict("ada", OURS), ill).has_grader_error
    assert standing(failed).has_grader_error


def test_a_mark_on_an_exercise_that_is_not_judged_now_waits():
    """It does not count, but is kept, and told: no mark is left behind without a word."""
    found = standing(ADA, mark(exercise="02_ex"))
    assert found.marks_that_count == ()
    assert notes_on(found) == ["what was set on 02_ex by eve does not count: it is not judged here"]
    assert found.marks


def test_what_is_late_scores_less_and_says_why():
    """Applies only to the late submission; the last recorded lateness counts."""
    assert points(standing(ADA)) == [2]
    found = standing(ADA, late(90), late(50))
    assert points(found) == [1]
    assert notes_on(found) == ["01_ex: 50% off (1 of the 2 points that were found)"]
    assert points(standing(ADA, late(50), BETTER)) == [4]
    assert points(standing(ADA, late(50), late(0))) == [2]
    assert notes_on(standing(ADA, late(50), late(0))) == []


def test_what_is_set_by_hand_is_not_lowered():
    """An instructor who sets a mark knows about the lateness."""
    assert points(standing(ADA, late(50), mark(3))) == [3]


def test_of_several_submissions_the_one_that_was_chosen_counts():
    """Until there is a new submission; a note says so."""
    assert points(standing(BETTER, ADA)) == [2]
    chosen = standing(BETTER, ADA, Attempt("ada", BETTER.submission, "t4"))
    assert (points(chosen), chosen.verdict) == ([4], BETTER)
    assert "an earlier submission counts" in notes_on(chosen)[0]
    newest = replace(ADA, submission="h2")
    again = standing(BETTER, ADA, Attempt("ada", BETTER.submission, "t4"), newest)
    assert again.verdict == newest
    assert [one.submission for one in again.attempts] == ["h1", "h0", "h2"]


def test_what_is_published_is_another_mark_once_it_is_late():
    """It is a draft until it is published again."""
    digest = digest_of(ADA, (), (late(50),))
    assert digest != digest_of(ADA, ())
    assert standing(ADA, late(50), Publication("ada", digest, "eve", "t2")).is_published
    assert not standing(ADA, published(), late(50)).is_published


def test_what_passes_on_top_of_the_reference_counts_if_the_policy_says_so():
    """It is reported in any case, and the points found stay as they are."""
    passed = (Outcome.PASSED,) * len(ADA.exercises[0].specs)
    for counts, scored in ((False, [2]), (True, [4])):
        exercise = replace(ADA.exercises[0], through=passed, through_counts=counts)
        found = standing(replace(ADA, exercises=(exercise,)))
        assert points(found) == scored
        assert exercise.points == 2
        (note,) = notes_on(found)
        assert "4 of 4 points with the reference in the place" in note
        assert note.endswith("which counts") is counts
    assert points(standing(replace(ADA, exercises=(exercise,)), late(50))) == [2]
