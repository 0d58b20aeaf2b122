"""Deadlines, and the deduction for late submissions.

The settings are in pyproject.toml::

    [tool.kata]
    timezone = "Europe/Berlin"             # of all times without an offset from UTC
    deadline = 2026-12-01T23:59:00         # for all exercises

    [tool.kata.deadlines]
    03_affine = 2026-12-08                 # for one of them: the end of that day

    [tool.kata.late]
    percent_per_day = 10                   # deducted for each started day
    grace_minutes = 15
    days = 5                               # after that, a submission does not count
    attempt = "best"                       # or "last": which of several submissions counts
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import cached_property
from typing import Any, Literal, get_args

from grader.errors import CourseError
from grader.messages.message import Text, english

DAY = timedelta(days=1)
END_OF_DAY = time(23, 59)
"""The last minute of a day, which is what a date without a time means as a deadline."""

YEARS = range(1970, 3000)
"""Years that are read. Others are typing errors, and calculations with them may overflow."""

Which = Literal["best", "last"]
"""Which of several submissions counts."""


@dataclass(frozen=True)
class Late:
    """The late policy.

    Attributes
    ----------
    percent_per_day : int, default 0
        Percentage of an exercise's points that is deducted for each started day.
    grace_minutes : int, default 0
        How many minutes after the deadline still count as on time.
    days : int or None, default None
        After how many days a submission does not count at all; None for no such limit.
    attempt : {"best", "last"}, default "last"
        Which of several submissions counts.
    """

    percent_per_day: int = 0
    grace_minutes: int = 0
    days: int | None = None
    attempt: Which = "last"


@dataclass(frozen=True)
class Deadlines:
    """The deadline of each exercise, and the late policy.

    Attributes
    ----------
    due : dict of str to datetime
        Deadlines by exercise; exercises without a deadline are left out. Those without an offset
        from UTC are local times of the course.
    late : Late
        The policy for all exercises.
    timezone : str, default ""
        IANA name of the course's time zone. If it is empty, each exercise has the offset from UTC
        of its own deadline.
    """

    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Late = field(default_factory=Late)
    timezone: str = ""

    @cached_property
    def zone(self) -> tzinfo | None:
        """The time zone that is named; looked up only now, as learners may have no data on it."""
        return zone_named(self.timezone) if self.timezone else None

    def zone_of(self, exercise: str) -> tzinfo:
        """Return the time zone in which days and local times of an exercise are read."""
        return self.zone or self.due[exercise].tzinfo or UTC

    def deadline(self, exercise: str) -> datetime:
        """Return the deadline of an exercise in `due`, in the time zone of the exercise."""
        zone = self.zone_of(exercise)
        return instant(self.due[exercise], zone, latest=True).astimezone(zone)

    def extended(self, exercise: str, until: date) -> datetime | None:
        """Return the end of an extension; None if it is not later than the deadline.

        Parameters
        ----------
        exercise : str
            An exercise in `due`.
        until : date or datetime
            The extended deadline. A date without a time is the end of that day.
        """
        end = until if isinstance(until, datetime) else datetime.combine(until, END_OF_DAY)
        zone = self.zone_of(exercise)
        end = instant(end, zone, latest=True).astimezone(zone)
        return end if delay(end, self.deadline(exercise)) > timedelta() else None

    def charge(
        self, exercise: str, handed_in: datetime, until: datetime | None = None
    ) -> tuple[int, Text]:
        """Return what is taken off an exercise in `due`, and the reason, as `charge` does.

        Parameters
        ----------
        exercise : str
            An exercise in `due`.
        handed_in : datetime
            Time of the submission. If the clock showed this local time twice, it is the earlier.
        until : datetime or None, default None
            An extended deadline. It never costs points.
        """
        zone = self.zone_of(exercise)
        arrived = instant(handed_in, zone, latest=False)
        extended = self.extended(exercise, until) if until else None
        ends = [*([extended] if extended else []), self.deadline(exercise)]
        return min((charge(arrived, end, self.late) for end in ends), key=lambda found: found[0])


def zone_named(name: str) -> tzinfo:
    """Return a time zone.

    Parameters
    ----------
    name : str
        Its name in the IANA database, such as ``Europe/Berlin``.

    Raises
    ------
    CourseError
        If there is no such zone. The message names similar ones.
    """
    import zoneinfo  # here, because every run of pytest reads the settings, and few need a zone

    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        from difflib import get_close_matches

        known = zoneinfo.available_timezones()
        close = get_close_matches(name, sorted(known), n=3)
        meant = f". Did you mean {' or '.join(close)}?" if close else ""
        if not known:
            meant = ". This computer knows no time zones: python -m pip install tzdata"
        raise CourseError(
            f"[tool.kata] timezone: expected a name such as Europe/Berlin, found {name!r}{meant}"
        ) from None


def instant(moment: datetime, zone: tzinfo, *, latest: bool) -> datetime:
    """Return a time in UTC.

    Parameters
    ----------
    moment : datetime
        A time, local if it has no offset from UTC.
    zone : tzinfo
        The time zone of a local time.
    latest : bool
        Which one is meant if a clock change makes the clock show that time twice: the later for a
        deadline, the earlier for a submission.
    """
    if moment.tzinfo is not None:
        return moment.astimezone(UTC)
    both = (moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return max(both) if latest else min(both)


def delay(moment: datetime, due: datetime) -> timedelta:
    """Return how long after a deadline a moment is; zero or less if it is in time.

    A deadline in whole minutes includes that minute.

    Parameters
    ----------
    moment, due : datetime
        Times with an offset from UTC.
    """
    # In UTC, because Python compares times of the same zone without regard to clock changes.
    moment, due = moment.astimezone(UTC), due.astimezone(UTC)
    if not due.second and not due.microsecond:
        moment = moment.replace(second=0, microsecond=0)
    return moment - due


def read_deadlines(settings: Mapping[str, Any], exercises: Sequence[str]) -> Deadlines:
    """Read deadlines and late policy from the settings of a course.

    Parameters
    ----------
    settings : mapping
        The table ``[tool.kata]``.
    exercises : sequence of str
        Names of the course's exercises, such as ``03_affine``.

    Raises
    ------
    ValueError
        If a setting is invalid. The message names the setting and what was expected.
    """
    zone = settings.get("timezone", "")
    if not isinstance(zone, str):
        raise ValueError(f'timezone: expected a name such as "Europe/Berlin", found {zone!r}')
    due = {}
    if "deadline" in settings:
        due = dict.fromkeys(exercises, _time("deadline", settings["deadline"], zone))
    single = settings.get("deadlines", {})
    if not isinstance(single, dict):
        raise ValueError(f"deadlines: expected a table of exercises, found {single!r}")
    for name, value in single.items():
        if name not in exercises:
            known = ", ".join(exercises)
            raise ValueError(f"deadlines: expected exercises of the course ({known}), found {name}")
        due[name] = _time(f"deadlines: {name}", value, zone)
    return Deadlines(due, _late(settings.get("late", {})), zone)


def _time(name: str, value: object, zone: str) -> datetime:
    if zone and isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, END_OF_DAY)
    if not isinstance(value, datetime) or (value.tzinfo is None and not zone):
        raise ValueError(
            f"{name}: expected a date and time with its distance from UTC, such as "
            f"2026-12-01T23:59:00+01:00 (without quotes), found {value!s}. With a setting "
            'timezone = "Europe/Berlin" the distance may be left out, and the time, too'
        )
    if value.year not in YEARS:
        raise ValueError(f"{name}: expected a year from {YEARS[0]} to {YEARS[-1]}, found {value!s}")
    return value


def _late(settings: Any) -> Late:
    known = [setting.name for setting in fields(Late)]
    if not isinstance(settings, dict) or not settings.keys() <= set(known):
        found = ", ".join(settings) if isinstance(settings, dict) else repr(settings)
        raise ValueError(f"late: expected {', '.join(known)}, found {found}")
    for name, value in settings.items():
        if name == "attempt":
            if value not in get_args(Which):
                raise ValueError(f'late: attempt: expected "best" or "last", found {value!r}')
        elif type(value) is not int or value < 0:
            raise ValueError(f"late: {name}: expected a whole number, 0 or more, found {value!r}")
    if settings.get("percent_per_day", 0) > 100:
        raise ValueError("late: percent_per_day: expected 0 to 100, found more")
    return Late(**settings)


def charge(handed_in: datetime, due: datetime, late: Late) -> tuple[int, Text]:
    """Return the deduction for a late submission, and the reason.

    Parameters
    ----------
    handed_in : datetime
        Time of the submission.
    due : datetime
        The deadline, including any extension. Its time zone is that of the calendar: each day ends
        at the time of day of the deadline.
    late : Late
        The late policy.

    Returns
    -------
    percent : int
        Percentage of the points that is deducted, 0 to 100.
    reason : str or Message
        Explanation for the learner; empty if the submission is on time.
    """
    after = delay(handed_in, due)
    if after <= timedelta(minutes=late.grace_minutes):
        return 0, ""
    days = _days_begun(handed_in, due)
    told = _told(after)
    if late.days is not None and days > late.days:
        most = late.days
        return 100, english(
            "{delay} late, and {days} is the most that is allowed: it does not count",
            delay=told,
            days=_days(most),
        )
    percent = min(100, days * late.percent_per_day)
    if not percent:
        return 0, english("{delay} late: nothing is taken off", delay=told)
    return percent, english(
        "{delay} late, {days} begun: {percent}% off",
        delay=told,
        days=_days(days),
        percent=percent,
    )


def _days_begun(handed_in: datetime, due: datetime) -> int:
    """Return how many days after a deadline have begun, of 23 or 25 hours at a clock change."""
    zone = due.tzinfo or UTC
    local = due.replace(tzinfo=None, fold=0)
    days = max(1, delay(handed_in, due) // DAY - 1)  # a clock change moves it by a day at most
    while delay(handed_in, instant(local + days * DAY, zone, latest=True)) > timedelta():
        days += 1
    return days


def _told(after: timedelta) -> Text:
    minutes = -(-after // timedelta(minutes=1))
    if minutes < 120:
        return english("{number} min", number=minutes)
    hours = minutes // 60
    return english("{number} h", number=hours) if hours < 72 else _days(hours // 24)


def _days(number: int) -> Text:
    return english("1 day") if number == 1 else english("{number} days", number=number)
