"""When what has to be handed in, and what becomes of marks on what comes later."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.late_policy import Late, charge, read_deadlines
from grader.course.settings import find_course
from grader.errors import CourseError
from grader.gradebook.marks import lowered

NAMES = ["01_a", "02_b"]
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=timezone(timedelta(hours=1)))
SOME = Late(percent_per_day=10, grace_minutes=15, days=5)

LATE = st.builds(Late, st.integers(0, 100), st.integers(0, 10_000), st.none() | st.integers(0, 400))
DELAYS = st.timedeltas(timedelta(days=-400), timedelta(days=400))


def off(late=SOME, **delay):
    percent, reason = charge(DUE + timedelta(**delay), DUE, late)
    return percent, str(reason)


# Settings


def test_a_course_may_have_one_deadline_and_others_for_single_exercises():
    """Those without one are never late."""
    found = read_deadlines({"deadline": DUE, "deadlines": {"02_b": DUE + timedelta(1)}}, NAMES)
    assert found.due == {"01_a": DUE, "02_b": DUE + timedelta(1)}
    assert read_deadlines({"deadlines": {"02_b": DUE}}, NAMES).due == {"02_b": DUE}
    assert read_deadlines({}, NAMES).due == {}


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("deadline = 2026-12-01T23:59:00", "distance from UTC"),
        ("deadline = 2026-12-01", "distance from UTC"),
        ('deadline = "2026-12-01T23:59:00+01:00"', "without quotes"),
        ("deadlines = 1", "a table of exercises"),
        ("[tool.kata.deadlines]\n03_c = 2026-12-01T23:59:00Z", "found 03_c"),
        ("late = 1", "expected percent_per_day"),
        ("[tool.kata.late]\nper_day = 10", "found per_day"),
        ("[tool.kata.late]\npercent_per_day = 110", "0 to 100"),
        ("[tool.kata.late]\ngrace_minutes = -1", "0 or more, found -1"),
        ("[tool.kata.late]\ndays = 2.5", "a whole number"),
        ("[tool.kata.late]\ndays = true", "a whole number"),
        ('[tool.kata.late]\nattempt = "first"', '"best" or "last", found \'first\''),
    ],
)
def test_settings_that_make_no_sense_are_told_with_what_was_expected(tmp_path, settings, told):
    """With the file and the name of the setting."""
    file = tmp_path / "pyproject.toml"
    file.write_text(f"[tool.kata]\nexercises = {NAMES}\n{settings}\n", "utf-8")
    with pytest.raises(CourseError) as caught:
        find_course(tmp_path)
    assert told in str(caught.value)
    assert str(file) in str(caught.value)


# What is taken off


def test_each_day_that_has_begun_takes_something_off():
    """After a time of grace, and up to a day after which nothing counts."""
    assert off(minutes=-1) == (0, "")
    assert off(minutes=15) == (0, "")
    assert off(minutes=16) == (10, "16 min late, 1 day begun: 10% off")
    assert off(hours=24) == (10, "24 h late, 1 day begun: 10% off")
    assert off(hours=24, seconds=1) == (20, "24 h late, 2 days begun: 20% off")
    assert off(days=5) == (50, "5 days late, 5 days begun: 50% off")
    assert off(days=6) == (
        100,
        "6 days late, and 5 days is the most that is allowed: it does not count",
    )


def test_without_a_policy_what_is_late_is_only_told():
    """Nothing is taken off, and however late it is, it counts."""
    assert off(Late(), days=300) == (0, "300 days late: nothing is taken off")


def test_a_time_is_a_time_wherever_it_was():
    """Two ways to write one moment are alike."""
    assert charge(DUE.astimezone(UTC), DUE, SOME) == (0, "")


@given(LATE, DELAYS, DELAYS, st.integers(0, 1000))
def test_later_never_scores_more_and_an_extension_never_less(late, one, other, points):
    """No score is negative, or higher than what was found."""
    sooner, later = sorted((one, other))
    first, _ = charge(DUE + sooner, DUE, late)
    second, _ = charge(DUE + later, DUE, late)
    extended, _ = charge(DUE + later, DUE + (later - sooner), late)
    assert 0 <= first <= second <= 100
    assert extended == first
    assert 0 <= lowered(points, second) <= lowered(points, first) <= points


@given(st.integers(0, 1000), st.integers(0, 100))
def test_points_are_rounded_in_favour_of_who_scores_them(points, percent):
    """To the next whole one above."""
    exact = points * (100 - percent) / 100
    assert exact - 1e-9 <= lowered(points, percent) < exact + 1
