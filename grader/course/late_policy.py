"""Deadlines, and the deduction for late submissions.

The settings are in pyproject.toml::

    [tool.kata]
    deadline = 2026-12-01T23:59:00+01:00   # for all exercises

    [tool.kata.deadlines]
    03_affine = 2026-12-08T23:59:00+01:00  # for one of them

    [tool.kata.late]
    percent_per_day = 10                   # deducted for each started day
    grace_minutes = 15
    days = 5                               # after that, a submission does not count
    attempt = "best"                       # or "last": which of several submissions counts
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from grader.messages.message import Text, english

DAY = timedelta(days=1)

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
        Deadlines by exercise; exercises without a deadline are left out.
    late : Late
        The policy for all exercises.
    """

    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Late = field(default_factory=Late)


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
    due = {}
    if "deadline" in settings:
        due = dict.fromkeys(exercises, _time("deadline", settings["deadline"]))
    single = settings.get("deadlines", {})
    if not isinstance(single, dict):
        raise ValueError(f"deadlines: expected a table of exercises, found {single!r}")
    for name, value in single.items():
        if name not in exercises:
            known = ", ".join(exercises)
            raise ValueError(f"deadlines: expected exercises of the course ({known}), found {name}")
        due[name] = _time(f"deadlines: {name}", value)
    return Deadlines(due, _late(settings.get("late", {})))


def _time(name: str, value: object) -> datetime:
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError(
            f"{name}: expected a date and time with its distance from UTC, such as "
            f"2026-12-01T23:59:00+01:00 (without quotes), found {value!s}"
        )
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
        The deadline, including any extension.
    late : Late
        The late policy.

    Returns
    -------
    percent : int
        Percentage of the points that is deducted, 0 to 100.
    reason : str or Message
        Explanation for the learner; empty if the submission is on time.
    """
    delay = handed_in - due
    if delay <= timedelta(minutes=late.grace_minutes):
        return 0, ""
    days = -(-delay // DAY)  # rounded up
    told = _told(delay)
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


def _told(delay: timedelta) -> Text:
    minutes = -(-delay // timedelta(minutes=1))
    if minutes < 120:
        return english("{number} min", number=minutes)
    hours = minutes // 60
    return english("{number} h", number=hours) if hours < 72 else _days(hours // 24)


def _days(number: int) -> Text:
    return english("1 day") if number == 1 else english("{number} days", number=number)
