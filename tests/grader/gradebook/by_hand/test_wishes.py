"""Marks that make sense, and those that do not."""

import pytest
from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.gradebook.by_hand.wishes import Wish, mark_of
from grader.gradebook.journal import JournalError
from grader.gradebook.marks import WHOLE
from grader.gradebook.standing import Standing

ADA = Standing(verdict("ada", GOOD))


@given(st.floats(allow_nan=True, allow_infinity=True) | st.integers(-9, 9))
def test_points_are_halves_from_zero_to_the_maximum(points):
    """Whatever number was typed; whole ones are stored as whole."""
    wish = Wish("ada", "1", points, reason="x")
    if points in [n / 2 for n in range(9)]:
        mark = mark_of(wish, ADA, "eve")
        assert mark.points == points
        assert isinstance(mark.points, int) is (points == int(points))
    else:
        with pytest.raises(JournalError, match=r"expected 0 to 4, .* in steps of 0\.5"):
            mark_of(wish, ADA, "eve")


@pytest.mark.parametrize("exercise", ["01_ex", WHOLE])
def test_an_excuse_is_from_an_exercise_or_from_all_of_it(exercise):
    """It needs a reason, as points do."""
    mark = mark_of(Wish("ada", exercise, excused=True, reason="ill"), ADA, "eve")
    assert (mark.exercise, mark.excused, mark.points) == (exercise, True, None)
    with pytest.raises(JournalError, match="--reason"):
        mark_of(Wish("ada", exercise, excused=True), ADA, "eve")


@pytest.mark.parametrize("other", [{"points": 1.0}, {"withdrawn": True}])
def test_an_excuse_is_no_points_and_is_not_withdrawn_at_once(other):
    """One wish, one mark."""
    with pytest.raises(JournalError, match="cannot be combined"):
        mark_of(Wish("ada", "01_ex", excused=True, reason="x", **other), ADA, "eve")
