"""When what has to be handed in, and what becomes of marks on what comes later.

The settings stand in pyproject.toml::

    [tool.kata]
    deadline = 2026-12-01T23:59:00+01:00   # for all exercises

    [tool.kata.deadlines]
    03_affine = 2026-12-08T23:59:00+01:00  # for one of them

    [tool.kata.late]
    percent_per_day = 10                   # for each day that has begun
    grace_minutes = 15
    days = 5                               # what comes later still, does not count
    attempt = "best"                       # or "last": which of several submissions counts
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

from grader.messages.message import Text, english

DAY = timedelta(days=1)

Which = Literal["best", "last"]
"""Of several submissions, the one that counts."""


@dataclass(frozen=True)
class Late:
    """The late policy.

    Attributes
    ----------
    percent_per_day : int, default 0
        Of what an exercise scores, so much does not count for each day that has begun.
    grace_minutes : int, default 0
        So much later is in time.
    days : int or None, default None
        What is later than that, does not count at all.
    attempt : {"best", "last"}, default "last"
        Which of several submissions counts.
    """

    percent_per_day: int = 0
    grace_minutes: int = 0
    days: int | None = None
    attempt: Which = "last"


@dataclass(frozen=True)
class Deadlines:
    """When each exercise has to be handed in, and the late policy.

    Attributes
    ----------
    due : dict of str to datetime
        By exercise; those without a deadline are not in it.
    late : Late
        The policy.
    """

    due: Mapping[str, datetime] = field(default_factory=dict)
    late: Late = field(default_factory=Late)


def read_deadlines(settings: Mapping[str, Any], exercises: Sequence[str]) -> Deadlines:
    """Read the settings of a course.

    Parameters
    ----------
    settings : mapping
        What stands in ``[tool.kata]``.
    exercises : sequence of str
        The names of its exercises.

    Raises
    ------
    ValueError
        If something cannot be understood. The text names it, and what was expected.
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
    known = [one.name for one in fields(Late)]
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
    """What is taken off for coming late, and why.

    Parameters
    ----------
    handed_in : datetime
        When it was handed in.
    due : datetime
        When it had to be, with an extension if there is one.
    late : Late
        The policy.

    Returns
    -------
    percent : int
        Of what was scored, so much does not count: 0 to 100.
    reason : str or Message
        In words; nothing if it was in time.
    """
    delay = handed_in - due
    if delay <= timedelta(minutes=late.grace_minutes):
        return 0, ""
    days = -(-delay // DAY)
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
