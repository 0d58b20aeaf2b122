"""When what has to be handed in, and what becomes of marks on what comes later."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.late_policy import Deadlines, Late, charge, delay, read_deadlines, zone_named
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
        ('timezone = "Europe/Berlin"\ndeadline = 23:59:00', "without quotes"),
        ('timezone = "Europe/Berlin"\ndeadline = 0001-01-01', "a year from 1970 to 2999"),
        ("timezone = 1", 'a name such as "Europe/Berlin", found 1'),
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
    assert off(hours=24, minutes=1) == (20, "24 h late, 2 days begun: 20% off")
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


# Local times, and clock changes

BERLIN = "Europe/Berlin"
ZONES = st.sampled_from(
    [BERLIN, "America/New_York", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Tokyo", "Asia/Gaza"]
) | st.sampled_from(["Australia/Lord_Howe", "Pacific/Chatham", "Africa/Casablanca", "UTC"])
LOCAL = st.datetimes(datetime(2012, 1, 1), datetime(2035, 1, 1))
MINUTES = LOCAL.map(lambda one: one.replace(second=0, microsecond=0))
TEN_A_DAY = Late(percent_per_day=10)


def local(due, late=TEN_A_DAY, zone=BERLIN):
    return Deadlines({"03_affine": due}, late, zone)


def taken_off(handed_in, due, until=None, zone=BERLIN):
    return local(due, zone=zone).charge("03_affine", handed_in, until)[0]


def test_a_course_has_a_time_zone_in_which_its_deadlines_are_read():
    """Its own, not the server's: Submitty #1745, nbgrader #1932, RunestoneServer #1003."""
    settings = {"timezone": BERLIN, "deadline": datetime(2026, 10, 24, 23, 59)}
    settings["deadlines"] = {"02_b": datetime(2026, 10, 25, 23, 59, tzinfo=UTC)}
    found = read_deadlines(settings, NAMES)
    summer = datetime(2026, 10, 24, 23, 59, tzinfo=timezone(timedelta(hours=2)))
    assert found.deadline("01_a").isoformat() == summer.isoformat()
    assert found.deadline("02_b").isoformat() == "2026-10-26T00:59:00+01:00"


def test_a_date_without_a_time_is_the_end_of_that_day():
    """railsgirls-london #107, encompass #75: not the midnight at which the day begins."""
    found = read_deadlines({"timezone": BERLIN, "deadline": date(2026, 12, 1)}, NAMES)
    assert found.deadline("01_a").isoformat() == "2026-12-01T23:59:00+01:00"
    end = found.extended("01_a", date(2026, 12, 2))
    assert end.isoformat() == "2026-12-02T23:59:00+01:00"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Europe/Berlni", "Did you mean Europe/Berlin"),
        ("Berlin", "Did you mean Europe/Berlin"),
        ("Asia/Beijing", "expected a name such as Europe/Berlin, found 'Asia/Beijing'"),
        *((name, repr(name)) for name in ("Europe", "../passwd", "/etc/passwd", "zone.tab", "\0")),
    ],
)
def test_a_zone_that_does_not_exist_is_told_with_similar_names(name, told):
    """dateparser #1168 (Asia/Beijing) ends in a traceback."""
    with pytest.raises(CourseError) as caught:
        zone_named(name)
    assert told in str(caught.value)


def test_a_computer_without_data_on_zones_is_told_what_to_install(monkeypatch):
    """As Windows is: changedetection.io #2826. A learner, who needs no zone, is not disturbed."""
    monkeypatch.setattr("zoneinfo.available_timezones", set)
    deadlines = read_deadlines({"timezone": "No/Where", "deadline": date(2026, 12, 1)}, NAMES)
    with pytest.raises(CourseError, match="python -m pip install tzdata"):
        deadlines.deadline("01_a")


@pytest.mark.parametrize("second", [0, 1, 59])
def test_a_deadline_in_whole_minutes_includes_that_minute(second):
    """gradecraft-development #2861, a-plus #1138: until 23:59 means until the end of 23:59."""
    assert charge(DUE.replace(second=second, microsecond=second * 9999), DUE, SOME) == (0, "")
    assert charge(DUE + timedelta(days=1, seconds=second), DUE, TEN_A_DAY)[0] == 10
    exact = DUE.replace(second=30)
    assert delay(DUE.replace(second=31), exact) == timedelta(seconds=1)


def test_a_clock_change_gives_or_takes_nobody_an_hour():
    """Autolab #932, Submitty #10014, autograder.io #34: a day late has 25 hours in autumn."""
    autumn, spring = datetime(2026, 10, 24, 20), datetime(2026, 3, 28, 20)
    for due in (autumn, spring):
        for days in range(1, 4):
            same_time = due + timedelta(days=days)
            assert taken_off(same_time, due) == 10 * days
            assert taken_off(same_time + timedelta(minutes=1), due) == 10 * (days + 1)
    assert "25 h late, 1 day begun" in str(
        local(autumn).charge("03_affine", autumn + timedelta(days=1))[1]
    )


@given(ZONES, MINUTES, st.integers(1, 400))
def test_days_are_calendar_days_in_every_zone(zone, due, days):
    """Each ends at the time of day of the deadline, as the clock shows it (Autolab #932)."""
    after = due + timedelta(days=days)
    assert taken_off(after, due, zone=zone) == min(100, 10 * days)
    assert taken_off(after - timedelta(hours=3), due, zone=zone) <= min(100, 10 * days)
    later = (after + timedelta(days=1)).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    assert taken_off(later + timedelta(hours=30), due, zone=zone) > min(90, 10 * days)


@given(ZONES, LOCAL, LOCAL, LOCAL)
def test_a_later_time_never_scores_more_in_any_zone(zone, due, one, other):
    """Also where the clock shows an hour twice, or leaves one out."""
    moments = sorted(moment.replace(tzinfo=UTC) for moment in (one, other))
    first, second = (taken_off(moment, due, zone=zone) for moment in moments)
    assert first <= second


@given(ZONES, LOCAL, LOCAL, st.timedeltas(timedelta(days=-3), timedelta(days=3)))
def test_an_extension_never_costs_points_in_any_zone(zone, due, handed_in, more):
    """Also one that ends before the deadline: autograder.io #29."""
    without = taken_off(handed_in, due, zone=zone)
    assert taken_off(handed_in, due, due + more, zone=zone) <= without


@given(ZONES, MINUTES, MINUTES)
def test_who_hands_in_by_the_clock_before_the_deadline_is_in_time(zone, due, handed_in):
    """A time that the clock shows twice is read in the learner's favour."""
    if handed_in <= due:
        assert taken_off(handed_in, due, zone=zone) == 0


def test_an_extension_has_to_be_later_than_the_deadline():
    """autograder.io #29; in the minute of the deadline it adds nothing."""
    due = datetime(2026, 12, 1, 23, 59)
    found = local(due)
    for until in (due - timedelta(days=9), due, due.replace(second=59), date(2026, 12, 1)):
        assert found.extended("03_affine", until) is None
    assert found.extended("03_affine", due + timedelta(minutes=1)) is not None


def test_without_a_zone_a_local_time_has_the_offset_of_the_deadline_of_its_exercise():
    """Not that of another exercise, which may be due before the clock change."""
    ends = {"01": datetime(2027, 3, 20, 23, 59, tzinfo=timezone(timedelta(hours=1)))}
    ends["03"] = datetime(2027, 4, 10, 23, 59, tzinfo=timezone(timedelta(hours=2)))
    found = Deadlines(ends, TEN_A_DAY)
    assert found.charge("03", datetime(2027, 4, 10, 23, 30)) == (0, "")
    assert found.charge("03", datetime(2027, 4, 11, 0, 0))[0] == 10
