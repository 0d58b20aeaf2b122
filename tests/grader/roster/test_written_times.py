"""Dates and times as learning platforms write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from babel.dates import format_datetime
from hypothesis import given
from hypothesis import strategies as st

from grader.roster.written_times import read_time

EVENING = datetime(2027, 4, 10, 23, 30)
AT_UTC = EVENING.replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2027-04-10T23:30",
        "2027-04-10 23:30:00",
        "2027/04/10 23:30",
        "Saturday, 10 April 2027, 11:30 PM",
        "Saturday, 10 April 2027, 11:30\u202fPM",
        "Saturday, April 10, 2027, 11:30 PM",
        "Apr 10, 2027 at 11:30pm",
        "Samstag, 10. April 2027, 23:30",
        "10. Apr. 2027 um 23:30",
        "10.04.2027 23:30 Uhr",
        "samedi 10 avril 2027, 23:30",
        "10 avr. 2027 à 23h30",
        "sábado, 10 de abril de 2027, 23:30",
        "10 de abr. de 2027 a las 11:30 p. m.",
        "2027年 04月 10日(土曜日) 23:30",
        "2027年4月10日 午後11時30分",
        "2027年04月10日 星期六 23:30",
        "2027年4月10日 星期六 下午11:30",
        "２０２７年４月１０日　２３：３０",
    ],
)
def test_a_local_time_is_read_as_a_platform_writes_it(text):
    """lubridate #496 and #194, Datejs #97: months and days of other languages than English."""
    assert read_time(text) == EVENING


@pytest.mark.parametrize(
    "text",
    [
        "2027-04-10T23:30:00Z",
        "2027-04-10 23:30:00 UTC",
        "2027-04-10 16:30:00 -0700",
        "2027-04-11T01:30:00+02:00",
        "Sun, 11 Apr 2027 01:30:00 +0200",
    ],
)
def test_a_time_with_an_offset_keeps_it(text):
    """As Canvas, GitHub, Gradescope and mail programs write it."""
    assert read_time(text) == AT_UTC


@pytest.mark.parametrize("text", ["2027-04-01", "1 April 2027", "1er avril 2027", "2027年4月1日"])
def test_a_date_without_a_time_is_a_date(text):
    """What time of that day is meant depends on what it is for."""
    assert read_time(text) == date(2027, 4, 1)
    assert not isinstance(read_time(text), datetime)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "22:15",
        "2027",
        "20270410",  # may be a student number
        "Apr 10 at 11:30pm",  # of which year?
        "04/05/2027 12:00",  # 5 April or 4 May
        "10/04/27 12:00",
        "Friday, 10 April 2027, 11:30 PM",  # is a Saturday
        "10 April 2027, 11:30 PTG",  # an afternoon, in Malay
        "10 April 2027 23:30 EST",  # in America or in Australia
        "not before 10 April 2027, 23:30",
        "10 jui 2027 12:00",  # juin or juillet
        "2027-04-10 22:15 PM",
        "30 February 2027",
        "2027-04-10 25:00",
        "0001-01-01",
        "9999-12-31T23:59:59Z",
        "10 April 2027, 23:30, 10 May 2027, 23:30",
        "1" * 10_000,
        "a" * 100_000,
    ],
)
def test_what_is_not_certain_is_not_read(text):
    """A missing year, an order of day and month, a weekday of another date, an unknown word."""
    assert read_time(text) is None


@pytest.mark.parametrize("text", ["10/23/2026 12:00", "23/10/2026 12:00"])
def test_a_date_with_slashes_is_read_where_only_one_order_is_possible(text):
    """There is no month 23."""
    assert read_time(text) == datetime(2026, 10, 23, 12)


LOCAL = st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1)).map(
    lambda one: one.replace(second=0, microsecond=0)
)
PATTERNS = {
    "en": ["EEEE, d MMMM y, hh:mm a", "EEE, MMM d, y, h:mm a", "d MMM y HH:mm"],
    "de": ["EEEE, d. MMMM y, HH:mm", "d. MMM y, HH:mm", "dd.MM.y HH:mm"],
    "fr": ["EEEE d MMMM y, HH:mm", "EEE d MMM y 'à' HH'h'mm"],
    "es": ["EEEE, d 'de' MMMM 'de' y, HH:mm", "d MMM y, h:mm a"],
    "ja": ["y年 MM月 dd日(EEEE) HH:mm", "y年M月d日 aK:mm", "y/MM/dd HH:mm"],
    "zh": ["y年MM月dd日 EEEE HH:mm", "y年M月d日 EEEE ah:mm"],
}


@given(LOCAL, st.sampled_from([(lang, one) for lang, many in PATTERNS.items() for one in many]))
def test_names_of_months_and_days_are_those_of_the_unicode_consortium(moment, style):
    """Every month and weekday, in full or abbreviated, as Babel writes it from its data."""
    language, pattern = style
    assert read_time(format_datetime(moment, pattern, locale=language)) == moment


@given(LOCAL, st.integers(-14 * 4, 14 * 4))
def test_a_time_with_any_offset_is_the_same_moment(moment, quarters):
    """In ISO 8601 and with a space before the offset."""
    aware = moment.replace(tzinfo=timezone(timedelta(minutes=15 * quarters)))
    assert read_time(aware.isoformat()) == aware
    assert read_time(f"{aware:%Y-%m-%d %H:%M:%S %z}") == aware


@given(st.text(max_size=120) | st.text("0123456789 :/.-年月日apm", max_size=40))
def test_arbitrary_text_is_read_or_not_understood(text):
    """No error, and no year that calculations cannot bear."""
    found = read_time(text)
    assert found is None or 1970 <= found.year < 3000
