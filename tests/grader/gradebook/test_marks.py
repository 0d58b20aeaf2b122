"""Marks of an exercise, and digests of what a mark was set on."""

from dataclasses import replace

import pytest
from gradebooks import BAD, GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.marks import (
    WHOLE,
    Lateness,
    ManualMark,
    beneath,
    digest_of,
    lowered,
    points_of,
    whole,
)

ADA = verdict("ada", GOOD, BAD)
FIRST, SECOND = ADA.exercises


def mark(points, exercise=FIRST.name, comment=""):
    return ManualMark("ada", exercise, points, comment, "why", "eve", "b0", False, "t0")


def late(percent, exercise=FIRST.name):
    return Lateness("ada", "h0", exercise, percent, "late", "t0")


def test_an_exercise_scores_what_was_found():
    """If no mark was set and nothing is late."""
    assert [points_of(one, ()) for one in ADA.exercises] == [one.points for one in ADA.exercises]
    assert FIRST.points == 4


def test_points_set_by_hand_take_its_place():
    """Only for the exercise in question; a comment alone changes no points."""
    assert points_of(FIRST, [mark(1)]) == 1
    assert points_of(FIRST, [mark(0)]) == 0
    assert points_of(SECOND, [mark(1)]) == SECOND.points
    assert points_of(FIRST, [mark(None, comment="well done")]) == FIRST.points
    assert points_of(FIRST, [mark(None), mark(3)]) == 3


def test_what_is_late_scores_less_unless_it_was_set_by_hand():
    """An instructor who sets a mark knows about the lateness."""
    assert points_of(FIRST, (), [late(50)]) == 2
    assert points_of(FIRST, (), [late(50, SECOND.name)]) == FIRST.points
    assert points_of(FIRST, [mark(4)], [late(50)]) == 4


@given(st.integers(0, 1000), st.integers(0, 100))
def test_a_part_of_points_is_no_fraction(points, percent):
    """Rounds up to whole points."""
    exact = points * (100 - percent) / 100
    assert exact - 1e-9 <= lowered(points, percent) < exact + 1


@pytest.mark.parametrize(
    "other",
    [
        replace(ADA, submission="h1"),
        verdict("ada", BAD, BAD),
        verdict("ada", GOOD[:2], BAD),
    ],
    ids=["another file", "another outcome", "a spec less"],
)
def test_a_mark_was_set_on_what_was_found_then(other):
    """The digest depends on files, outcomes and specs, not on names or messages."""
    assert beneath(other, FIRST.name) != beneath(ADA, FIRST.name)
    assert beneath(replace(ADA, name="bob"), FIRST.name) == beneath(ADA, FIRST.name)
    told = replace(SECOND, specs=tuple(replace(spec, message="x") for spec in SECOND.specs))
    assert beneath(replace(ADA, exercises=(FIRST, told)), WHOLE) == beneath(ADA, WHOLE)


def test_a_mark_on_one_exercise_does_not_see_the_others():
    """A mark on the whole submission depends on all exercises."""
    changed = verdict("ada", GOOD, GOOD)
    assert beneath(changed, FIRST.name) == beneath(ADA, FIRST.name)
    assert beneath(changed, WHOLE) != beneath(ADA, WHOLE)


def test_what_a_learner_is_told_has_another_digest_if_it_is_something_else():
    """Points, comments and lateness matter, but not who set the mark or why."""
    told = digest_of(ADA, [mark(3, comment="see me")])
    assert digest_of(ADA, [mark(2, comment="see me")]) != told
    assert digest_of(ADA, [mark(3, comment="well done")]) != told
    assert digest_of(ADA, [replace(mark(3, comment="see me"), by="bob", reason="")]) == told
    assert digest_of(ADA, (), [late(50)]) != digest_of(ADA, ())


def excused(exercise=FIRST.name):
    return ManualMark("ada", exercise, None, "", "ill", "eve", "b0", False, "t0", True)


def test_who_is_excused_scores_nothing_and_it_is_another_published_mark():
    """From one exercise, or from all; points set on an exercise itself go before the latter."""
    assert points_of(FIRST, [excused()]) == 0
    assert points_of(SECOND, [excused()]) == SECOND.points
    assert points_of(SECOND, [excused(WHOLE)]) == 0
    assert points_of(FIRST, [excused(WHOLE), mark(2.5)]) == 2.5
    assert digest_of(ADA, [excused()]) not in (digest_of(ADA, [mark(0)]), digest_of(ADA, ()))


def test_points_that_are_whole_are_told_without_a_fraction():
    """A sum of halves may be whole."""
    assert [str(whole(one)) for one in (4, 4.0, 2.5, 0)] == ["4", "4", "2.5", "0"]
