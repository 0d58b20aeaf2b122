"""Explanations of why the mark of an exercise differs from the points found."""

from dataclasses import replace

import pytest
from gradebooks import BAD, EMPTY, GOOD, marked, row

from grader.gradebook.marks import Lateness
from grader.messages.language import CHINESE, speaking
from grader.reports.common.adjustments import (
    adjustments,
    decisions,
    follow_through_legend,
    other_mark,
)
from grader.verdicts.origin import begun
from grader.verdicts.verdict import Basis, Outcome


def through(row, *outcomes, counts=False):
    """Return a row whose exercise was judged again on top of the reference."""
    (exercise,) = row.verdict.exercises
    tried = replace(exercise, through=outcomes, through_counts=counts)
    return replace(row, verdict=replace(row.verdict, exercises=(tried,)))


def of(row):
    return row, row.verdict.exercises[0]


PASSED = [Outcome.PASSED] * len(BAD)
PLAIN = row("ada", BAD)
BETTER, COUNTED = through(PLAIN, *PASSED), through(PLAIN, *PASSED, counts=True)


def test_what_would_score_more_is_shown_beside_what_counts():
    """Shows the mark that does not count, unless both are equal."""
    assert other_mark(*of(BETTER)) == "→4"
    assert other_mark(*of(COUNTED)) == "←2"
    assert other_mark(*of(PLAIN)) == ""
    assert other_mark(*of(through(row("bob", GOOD), *PASSED))) == ""
    assert other_mark(*of(marked(BETTER, 1))) == ""


def test_where_to_begin_is_said_once_and_first():
    """Above the promises, whatever else there is to say of the exercise."""
    (exercise,) = BETTER.verdict.exercises
    specs = tuple(begun(spec, "01_e") for spec in exercise.specs)
    first, *others = adjustments(*of(with_exercise(BETTER, specs=specs)))
    assert first == "01_e is not green; begin there"
    assert others == adjustments(*of(BETTER))


def with_exercise(row, **changed):
    """Return a row whose exercise has other fields."""
    (exercise,) = row.verdict.exercises
    changed = replace(exercise, **changed)
    return replace(row, verdict=replace(row.verdict, exercises=(changed,)))


STOOD_IN = with_exercise(PLAIN, on_reference=("02_f", "03_g"))
UNREADABLE = with_exercise(row("eve", EMPTY), basis=Basis.UNREADABLE)


def test_points_with_a_stand_in_and_none_at_all_have_signs_of_their_own():
    """Explained below the table; a mark set by hand has neither."""
    assert other_mark(*of(STOOD_IN)) == "°"
    assert other_mark(*of(UNREADABLE)) == "?"
    assert [other_mark(*of(marked(one, 1))) for one in (STOOD_IN, UNREADABLE)] == ["", ""]
    assert other_mark(*of(replace(UNREADABLE, unreadable_is_zero=True))) == ""
    signs = [one[:2] for one in follow_through_legend([STOOD_IN, UNREADABLE, PLAIN])]
    assert sorted(signs) == ["? ", "° "]


def test_a_learner_is_told_what_stood_in_and_that_there_is_no_mark():
    """In their language."""
    (stood_in,) = adjustments(*of(STOOD_IN))
    assert "judged with the course's own 02_f, 03_g" in stood_in
    (no_mark,) = adjustments(*of(UNREADABLE))
    assert "no mark" in no_mark
    with speaking(CHINESE):
        assert "02_f, 03_g" in adjustments(*of(STOOD_IN))[0]
        assert adjustments(*of(UNREADABLE))[0].startswith("这里没有")


def test_only_the_signs_that_there_are_are_explained():
    """One sentence for each sign in the gradebook."""
    assert follow_through_legend([PLAIN]) == []
    (one,) = follow_through_legend([PLAIN, BETTER, BETTER])
    assert one.startswith("→ ")
    assert len(follow_through_legend([BETTER, COUNTED])) == 2


def test_a_learner_is_told_what_the_work_would_score_on_correct_code():
    """And whether that mark counts; nothing if both are equal."""
    (would,) = adjustments(*of(BETTER))
    (does,) = adjustments(*of(COUNTED))
    assert "it scores 4 of 4 points" in would
    assert does == f"{would}, which counts"
    assert adjustments(*of(PLAIN)) == []


def test_a_learner_is_told_what_came_late_of_this_exercise():
    """Only for the exercise in question, with the recorded reason."""
    late = [
        Lateness("ada", "h0", exercise, 20, f"{exercise} was late", "t0")
        for exercise in ("01_ex", "02_ex")
    ]
    told = adjustments(*of(replace(PLAIN, late=tuple(late))))
    assert told == ["01_ex was late"]


def test_it_is_told_in_the_language_that_is_spoken():
    """The points are the same."""
    with speaking(CHINESE):
        (told,) = adjustments(*of(BETTER))
    assert "4" in told
    assert "scores" not in told


@pytest.mark.parametrize("exercise", ["01_ex", ""])
def test_instructors_are_told_who_has_decided_what_and_why(exercise):
    """For one exercise or the whole submission; a comment is shown as the learner reads it."""
    found = marked(PLAIN, 3, reason="by eye", comment="see me", exercise=exercise)
    first, second = decisions(found, exercise)
    assert first == "eve set 3 points: by eye"
    assert second.endswith("see me")
    assert second.startswith("eve ")
    assert decisions(found, "02_ex") == []


def test_who_decided_may_be_kept_back():
    """Without names, the points and the reason are still there."""
    assert decisions(marked(PLAIN, 3, by="", reason="by eye"), "01_ex") == [
        "somebody set 3 points: by eye"
    ]
    assert decisions(marked(PLAIN, 0), "01_ex") == ["eve set 0 points"]
