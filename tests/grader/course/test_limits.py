"""Tests of grader/limits.py."""

import pytest

from grader.course.limits import LimitError, Limits


def test_a_limit_can_be_changed_by_name():
    """A setting replaces the default; the others stay."""
    changed = Limits().changed({"call_seconds": 0.5, "memory_mib": 512})
    assert (changed.call_seconds, changed.memory_mib) == (0.5, 512)
    assert changed.total_seconds == Limits().total_seconds


def test_an_unknown_limit_is_told_with_those_that_there_are():
    """The message lists names and defaults."""
    with pytest.raises(LimitError, match=r"no limit 'speed'; there are call_seconds=2, .*frame"):
        Limits().changed({"speed": 1})


@pytest.mark.parametrize("value", [0, -1, "2", True, float("nan"), float("inf"), None])
def test_a_limit_is_a_positive_number(value):
    """Anything else is refused, and named."""
    with pytest.raises(
        LimitError, match=r"the limit call_seconds is .*; expected a number above 0"
    ):
        Limits().changed({"call_seconds": value})


def test_what_is_counted_is_a_whole_number():
    """Half a file makes no sense."""
    with pytest.raises(LimitError, match=r"the limit files is 1\.5; expected a whole number"):
        Limits().changed({"files": 1.5})
