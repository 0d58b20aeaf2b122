"""Order of attempts, and paths that lead elsewhere."""

from datetime import date, datetime, timedelta, timezone

import pytest

from grader.submissions.layouts.layout import HandedInFile, are_safe, as_utc


def test_times_are_compared_whether_they_have_an_offset_or_not():
    """One o'clock in Berlin is noon in UTC; a date is the beginning of its day."""
    berlin = datetime(2026, 11, 1, 13, tzinfo=timezone(timedelta(hours=1)))
    assert as_utc(berlin) == as_utc(datetime(2026, 11, 1, 12))
    assert as_utc(None) < as_utc(date(2026, 11, 1)) < as_utc(berlin)


def test_the_number_of_an_attempt_counts_before_its_time():
    """The instructor's pattern may have both."""
    first = HandedInFile("ana", "a.py", number=1, arrived=datetime(2026, 11, 2))
    second = HandedInFile("ana", "a.py", number=2, arrived=datetime(2026, 11, 1))
    assert first.order < second.order


@pytest.mark.parametrize("parts", [("..",), ("a", ""), ("a", "."), ("a\0",)])
def test_a_path_that_leads_elsewhere_is_not_safe(parts):
    """Nor is one that no file system has."""
    assert not are_safe(parts)
    assert are_safe(("a", "b..py"))
