"""Reads dates and times as learning platforms write them, in several languages.

A text is read only if every part of it is understood. General parsers of dates guess: they take a
missing year from the clock, read 10/04 as they please, and skip words that they do not know.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from grader.course.late_policy import YEARS

MAX_LENGTH = 100  # characters, as some patterns take long on a long text

# English, German, French and Spanish, without accents. A word of three letters or more that only
# one month begins with is an abbreviation.
_MONTHS = (
    "january januar janner janvier enero",
    "february februar feber fevrier febrero",
    "march marz maerz mrz mars marzo",
    "april avril abril",
    "may mai mayo",
    "june juni juin junio",
    "july juli juillet julio",
    "august aout agosto",
    "september septembre septiembre setiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember decembre diciembre",
)
_WEEKDAYS = (
    "monday montag lundi lunes 月 一",
    "tuesday dienstag mardi martes 火 二",
    "wednesday mittwoch mercredi miercoles 水 三",
    "thursday donnerstag jeudi jueves 木 四",
    "friday freitag vendredi viernes 金 五",
    "saturday samstag sonnabend samedi sabado 土 六",
    "sunday sonntag dimanche domingo 日 天",
)
_FILLERS = {"at", "um", "uhr", "a", "la", "las", "le"}  # "um 23:30 Uhr", "à 23h30", "a las 23:30"

_NUMBERED = re.compile(
    r"(?P<year>\d{4}) ?[年/-] ?(?P<month>\d{1,2}) ?[月/-] ?(?P<day>\d{1,2})(?!\d) ?日?"
    r"|(?<!\d)(?P<day2>\d{1,2})\.(?P<month2>\d{1,2})\.(?P<year2>\d{4})(?!\d)"
)
_SLASHES = re.compile(r"(?<!\d)(?P<one>\d{1,2})/(?P<other>\d{1,2})/(?P<year>\d{4})(?!\d)")
_NAMED = re.compile(
    r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er)?[. -]*(?:de )?(?P<month>[a-z]{3,})[.,]?[ -]*"
    r"(?:del? )?(?P<year>\d{4})(?!\d)"
    r"|(?P<month2>[a-z]{3,})\.? (?P<day2>\d{1,2})(?:st|nd|rd|th)?,? (?P<year2>\d{4})(?!\d)"
)
_TIME = re.compile(
    r"(?P<before>午前|午後|上午|下午)? ?(?<!\d)(?P<hour>\d{1,2})"
    r"(?: ?[:h時时点] ?(?P<minute>\d{2})(?: ?[:分] ?(?P<second>\d{2})(?:\.\d+)?)? ?[分秒]?"
    r"|(?= ?[ap]\.? ?m\b)| ?h\b)"
    r"(?: ?(?P<after>[ap])\.? ?m\b\.?)?"
    r"(?: ?(?P<zone>z|utc|gmt)\b)?(?: ?(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})(?!\d))?"
)
_WORD = re.compile(r"(?:星期|周|週)?(?P<word>[^\W\d_]+?)(?:曜日?)?\.?")


def read_time(text: str) -> date | datetime | None:
    """Read a date and time.

    Parameters
    ----------
    text : str
        In ISO 8601, or as written by Canvas, Moodle, GitHub or Gradescope in English, German,
        French, Spanish, Japanese or Chinese.

    Returns
    -------
    date or datetime or None
        A date if the text has no time of day; a datetime with an offset from UTC only if the text
        has one; None if the text is not understood, or may mean two different days.
    """
    text = " ".join(unicodedata.normalize("NFKC", text[: MAX_LENGTH + 1]).split())
    if len(text) > MAX_LENGTH or text.isdigit():  # 20261201 may be somebody's number
        return None
    try:
        found = _iso(text) or _read(_plain(text))
    except ValueError:  # such as 30 February
        return None
    return found if found is not None and found.year in YEARS else None


def _iso(text: str) -> date | datetime | None:
    for read in (date.fromisoformat, datetime.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return None


def _plain(text: str) -> str:
    """Return a text in lower case and without accents."""
    parts = unicodedata.normalize("NFD", text.casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def _read(text: str) -> date | datetime | None:
    clock = _TIME.search(text)
    before, after = (text[: clock.start()], text[clock.end() :]) if clock else (text, "")
    rest = f"{before} | {after}"  # nothing is joined across the time
    for read in (_numbered, _slashes, _named):
        if found := read(rest):
            day, place = found
            break
    else:
        return None
    words = re.split(r"[\s,|()]+", f"{rest[: place.start()]} {rest[place.end() :]}")
    if not all(_is_idle(word, day) for word in words if word):
        return None
    if clock is None:
        return day
    return datetime.combine(day, _time_of(clock), _zone_of(clock))


def _numbered(text: str) -> tuple[date, re.Match[str]] | None:
    found = _NUMBERED.search(text)
    return (_date(found, int(_either(found, "month"))), found) if found else None


def _slashes(text: str) -> tuple[date, re.Match[str]] | None:
    """Read 10/23/2026 or 23/10/2026, but not 10/04/2026, which is April or October."""
    found = _SLASHES.search(text)
    if found is None:
        return None
    year, *numbers = (int(found[name]) for name in ("year", "one", "other"))
    month, day = sorted(numbers)
    if day <= 12 and day != month:
        return None
    return date(year, month, day), found


def _named(text: str) -> tuple[date, re.Match[str]] | None:
    found = _NAMED.search(text)
    if found is None:
        return None
    word = _either(found, "month")
    months = {
        number
        for number, names in enumerate(_MONTHS, 1)
        if any(name.startswith(word) for name in names.split())
    }
    return (_date(found, months.pop()), found) if len(months) == 1 else None


def _either(found: re.Match[str], name: str) -> str:
    return found[name] or found[f"{name}2"]


def _date(found: re.Match[str], month: int) -> date:
    return date(int(_either(found, "year")), month, int(_either(found, "day")))


def _is_idle(word: str, day: date) -> bool:
    """Return whether a word adds nothing: a filler, or the weekday of the date."""
    if word in _FILLERS:
        return True
    match = _WORD.fullmatch(word)
    if match is None:
        return False
    found, names = match["word"], _WEEKDAYS[day.weekday()].split()
    return found in names or (len(found) > 1 and any(name.startswith(found) for name in names))


def _time_of(clock: re.Match[str]) -> time:
    hour, minute, second = (int(clock[name] or 0) for name in ("hour", "minute", "second"))
    half = clock["before"] or clock["after"]
    if half:
        if hour > 12:
            raise ValueError("22:15 PM is no time")
        hour = hour % 12 + 12 * (half in ("午後", "下午", "p"))
    return time(hour, minute, second)


def _zone_of(clock: re.Match[str]) -> tzinfo | None:
    if clock["sign"]:
        offset = timedelta(hours=int(clock["hours"]), minutes=int(clock["minutes"]))
        return timezone(-offset if clock["sign"] == "-" else offset)
    return UTC if clock["zone"] else None
