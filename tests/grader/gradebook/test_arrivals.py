"""Lists of arrival times and of extensions."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from late_class import ADA, BOB, COURSE, CY, DUE, LATE, ZONE, entry

from grader.course.late_policy import Deadlines
from grader.errors import CourseError, RosterError
from grader.gradebook.arrivals import Arrivals, has_times, read_arrivals
from grader.roster.roster import Learner, read_export


@pytest.fixture
def arrivals(tmp_path):
    """Returns a function that reads lists from their text, and returns the warnings, too."""

    def read(times="", extensions="", entries=(ADA, BOB, CY), course=COURSE, named=()):
        files = []
        for name, text in (("times.csv", times), ("extensions.csv", extensions)):
            (tmp_path / name).write_text(text, "utf-8")
            files.append(tmp_path / name if text else None)
        told = []
        return read_arrivals(*files, entries, course, told.append, named), told

    return read


# Lists


def test_a_time_keeps_its_offset_from_utc(arrivals):
    """One without an offset is a local time of the course."""
    found, told = arrivals("name,time\nbob,2026-12-02T09:30:00Z\n")
    assert found.times == {"bob": datetime(2026, 12, 2, 10, 30, tzinfo=ZONE)}
    assert told == []


@pytest.mark.parametrize("name", ["times", "extensions"])
def test_without_a_zone_the_offset_that_is_used_is_told(arrivals, name):
    """Submitty #1745: the zone of a server that nobody thinks of."""
    column = {"times": "time", "extensions": "until"}[name]
    text = f'name,{column}\nbob,"Wednesday, 2 December 2026, 10:30 PM"\n'
    found, (told,) = arrivals(**{name: text})
    if name == "times":
        assert found.times == {"bob": datetime(2026, 12, 2, 22, 30)}
    else:
        until = datetime(2026, 12, 2, 22, 30, tzinfo=ZONE)
        assert found.extensions == {("bob", "01_ex"): until, ("bob", "02_ex"): until}
    assert f"{name}.csv, line 2: a time without an offset from UTC" in told
    assert "are read at UTC+01:00, the offset of the deadline" in told


def test_in_a_course_with_a_zone_local_times_are_read_in_it(arrivals):
    """As those of Moodle's worksheet; nothing has to be told."""
    course = replace(COURSE, deadlines=replace(COURSE.deadlines, timezone="Asia/Tokyo"))
    found, told = arrivals(
        times='name,time\nbob,"Wednesday, 2 December 2026, 10:30 PM"\n',
        extensions="name,until,exercise\nbob,2026-12-03,01\n",
        course=course,
    )
    tokyo = timezone(timedelta(hours=9))
    assert found.times == {"bob": datetime(2026, 12, 2, 22, 30, tzinfo=tokyo)}
    assert found.extensions == {("bob", "01_ex"): datetime(2026, 12, 3, 23, 59, tzinfo=tokyo)}
    assert told == []
    unknown = replace(COURSE, deadlines=replace(COURSE.deadlines, timezone="Asia/Tokio"))
    with pytest.raises(CourseError, match="Did you mean Asia/Tokyo"):
        arrivals("name,time\nbob,2026-12-02T09:30:00Z\n", course=unknown)


def test_a_date_of_arrival_is_told_and_costs_nobody_anything(arrivals):
    """It is certain only that the submission came before the end of that day."""
    found, told = arrivals("name,time\nbob,2026-12-01\n")
    assert found.times == {"bob": datetime(2026, 12, 1)}
    assert "times.csv: dates without a time, read as the start of that day: bob" in told[-1]


@pytest.mark.parametrize(
    ("line", "whose"),
    [
        ("name,time\nDoe Ada,{}", "doeada_102"),
        ("student id,submitted at\n102,{}", "doeada_102"),
        ("name,email,handed in\nSomebody,ADA@x.org,{}", "doeada_102"),
        ("name,id,time\nSomebody,102,{}", "doeada_102"),
        ("email,time\nADA@x.org,{}", "doeada_102"),
        ("email,time\nbob@x.org,{}", "bob"),
        ("name,time\nBob,{}", "bob"),
        ("full name,last modified (submission)\nCy Poe,{}", "cy"),
    ],
)
def test_a_line_is_about_who_it_names(arrivals, line, whose):
    """By id, login, address or name, as on a roster."""
    found, _ = arrivals(line.format("2026-12-02") + "\n")
    assert list(found.times) == [whose]


def test_nobody_is_guessed(arrivals):
    """Another id is another person, even with the same name; a missing time stays missing."""
    found, _ = arrivals("name,id,time\nAda Doe,999,2026-12-02\nBob,,-\nZoe,,2026-12-02\n")
    assert found.times == {}


@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (["ada@x.org"], {"ada@x.org": 1}),
        (["ada@y.org"], {"ada@y.org": 1}),
        (["ada@x.org", "ada@y.org"], {"ada@x.org": 1, "ada@y.org": 2}),
        (["ada@y.org", "ada@x.org"], {"ada@x.org": 2, "ada@y.org": 1}),
    ],
)
def test_people_with_similar_addresses_are_not_mixed_up(arrivals, addresses, found):
    """The part before the @ identifies a person only if no whole address matches."""
    lines = [f"{one},2026-12-{day:02}" for day, one in enumerate(addresses, 1)]
    entries = [
        entry(one, "", Learner(one, email=one, identifiers=(one, "ada")))
        for one in ("ada@x.org", "ada@y.org")
    ]
    times, _ = arrivals("\n".join(["email,time", *lines]), entries=entries)
    assert {name: time.day for name, time in times.times.items()} == found
    without_roster = [entry("ada"), BOB]
    lines.append("bob@x.org,2026-12-03")
    times, _ = arrivals("\n".join(["email,time", *lines]), entries=without_roster)
    assert list(times.times) == (["ada", "bob"] if len(addresses) == 1 else ["bob"])


@pytest.mark.parametrize("name", ["times", "extensions"])
def test_addresses_that_identify_nobody_are_refused_with_what_to_add(arrivals, name):
    """If there is no roster, or one without addresses."""
    column = {"times": "time", "extensions": "until"}[name]
    text = f"email,{column}\nzoe@x.org,2026-12-03\n"
    with pytest.raises(RosterError) as caught:
        arrivals(**{name: text}, entries=[BOB, CY])
    assert f"{name}.csv: nobody in the class is known by one of these addresses" in str(
        caught.value
    )
    assert "Add a column `name` or `id`, or name with --roster" in str(caught.value)
    assert arrivals(**{name: text}, entries=[ADA, BOB])[0] == Arrivals()


def test_an_extension_is_for_one_exercise_or_for_all(arrivals):
    """A date is the end of that day; a line about an unknown learner is reported."""
    text = "name,until,exercise\nbob,2026-12-03,01_ex\nAda Doe,2026-12-04,\nzed,2026-12-04,2\n"
    found, told = arrivals(extensions=text)
    third, fourth = (datetime(2026, 12, day, 23, 59, tzinfo=ZONE) for day in (3, 4))
    assert found.extensions == {
        ("bob", "01_ex"): third,
        ("doeada_102", "01_ex"): fourth,
        ("doeada_102", "02_ex"): fourth,
    }
    assert "extensions.csv, line 4: zed is not in the class" in told[-1]


@pytest.mark.parametrize(
    ("lists", "told"),
    [
        ({"times": "name,time\nbob,soon\n"}, "times.csv, line 2: expected a time such as"),
        ({"extensions": "name,until\nbob,\n"}, "line 2: expected a time in a column `until`"),
        ({"extensions": "name,days\nbob,3\n"}, "expected a time in a column `until`"),
        ({"extensions": "name,until,exercise\nbob,2026-12-03,9\n"}, "no exercise '9'"),
        ({"times": "time\n2026-12-03\n"}, "expected a header with a column"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_line(arrivals, lists, told):
    """None of the list is used then."""
    with pytest.raises(RosterError, match="csv") as caught:
        arrivals(**lists)
    assert told in str(caught.value)


@pytest.mark.parametrize("exercise", ["01_ex", ""])
@pytest.mark.parametrize("until", ["2026-11-01T23:59+01:00", "2026-12-01T23:59:30+01:00"])
def test_an_extension_that_is_not_later_than_the_deadline_is_told_and_not_used(
    arrivals, exercise, until
):
    """autograder.io #29: it took a late day away. Others in the list are used."""
    text = f"name,until,exercise\nbob,2026-12-03T12:00Z,\nAda Doe,{until},{exercise}\n"
    found, (told,) = arrivals(extensions=text)
    assert {name for name, _ in found.extensions} == {"bob"}
    assert f"extensions.csv, line 3: the extension of Ada Doe until {until[:16]}" in told
    assert "is not later than the deadline, 2026-12-01T23:59:00+01:00; it is not used" in told


def test_an_extension_for_all_exercises_extends_those_that_are_due_before(arrivals):
    """Exercises with later deadlines keep them, without an error or a warning."""
    due = {"01_ex": DUE, "02_ex": DUE + timedelta(days=9)}
    course = replace(COURSE, deadlines=Deadlines(due, LATE))
    found, told = arrivals(extensions="name,until\nbob,2026-12-05T12:00Z\n", course=course)
    assert list(found.extensions) == [("bob", "01_ex")]
    assert told == []
    only = replace(COURSE, deadlines=Deadlines({"01_ex": DUE}, LATE))
    text = "name,until,exercise\nbob,2026-12-05T12:00Z,2\n"
    found, (told,) = arrivals(extensions=text, course=only)
    assert found.extensions == {}
    assert "not later than a deadline: there is none" in told


# Who is meant

NAMESAKES = [
    entry(f"Ana Ito_{number}", f"{number}", Learner("Ana Ito", "", mail, (f"{number}", mail)))
    for number, mail in ((11, "ana1@x.org"), (12, "ana2@x.org"))
]


@pytest.mark.parametrize("name", ["times", "extensions"])
@pytest.mark.parametrize("learners", [True, False], ids=["roster", "no roster"])
def test_a_line_that_fits_two_is_used_for_nobody_and_told(arrivals, name, learners):
    """RunestoneServer #1038 and #1158: people of one name share their marks there."""
    column = {"times": "time", "extensions": "until"}[name]
    text = f"name,{column}\nAna Ito,2026-12-03T12:00Z\nBob,2026-12-03T12:00Z\n"
    entries = NAMESAKES if learners else [replace(one, learner=None) for one in NAMESAKES]
    found, (told,) = arrivals(**{name: text}, entries=[*entries, BOB])
    assert {*found.times, *(who for who, _ in found.extensions)} == {"bob"}
    assert f"{name}.csv, line 2: Ana Ito fits 2 in the class, Ana Ito_11, Ana Ito_12" in told
    assert "the line is used for nobody. Add a column with ids or addresses" in told


@pytest.mark.parametrize(
    "header",
    ["name,email", "full name,address,e-mail address", "nom complet,x,adresse de courriel"],
)
def test_namesakes_are_told_apart_by_what_else_the_list_has(arrivals, header):
    """Each has their own time then, with no warning."""
    filler = "," if header.count(",") > 1 else ""
    lines = [f"Ana Ito,{filler}ana{n}@x.org,2026-12-0{n}T12:00Z" for n in (1, 2)]
    found, told = arrivals("\n".join([f"{header},time", *lines]), entries=NAMESAKES)
    assert {name: time.day for name, time in found.times.items()} == {
        "Ana Ito_11": 1,
        "Ana Ito_12": 2,
    }
    assert told == []


@pytest.mark.parametrize("known", [Learner("Ana Ito"), None])
def test_two_people_in_the_list_are_not_one_in_the_class(arrivals, known):
    """By their ids they are two, and the class does not say which of them is meant."""
    text = "name,id,time\nAna Ito,11,2026-12-01T12:00Z\nAna Ito,12,2026-12-02T12:00Z\n"
    found, told = arrivals(text, entries=[entry("Ana Ito", learner=known)])
    assert found.times == {}
    assert [one.split(":")[0][-6:] for one in told] == ["line 2", "line 3"]


MOMENTS = st.datetimes(datetime(2026, 10, 23), datetime(2026, 10, 27))
ZONED = replace(
    COURSE, deadlines=Deadlines({"01_ex": datetime(2026, 10, 20)}, LATE, "Europe/Berlin")
)


@given(
    st.lists(
        st.tuples(st.sampled_from(["bob", "Ada Doe", "Cy Poe"]), MOMENTS, st.sampled_from("ZL")),
        min_size=1,
        max_size=6,
    ),
    st.randoms(use_true_random=False),
    st.sampled_from(["time", "until"]),
)
def test_of_several_lines_about_a_person_the_latest_counts_in_any_order(
    tmp_path_factory, lines, random, role
):
    """pawtograder #979: the last line wins there, without a word. Also at a clock change."""
    file = tmp_path_factory.mktemp("lists") / "list.csv"

    def read(lines):
        rows = [f"{who},{at.isoformat()}{'Z' * (kind == 'Z')}" for who, at, kind in lines]
        file.write_text("\n".join([f"name,{role}", *rows]), "utf-8")
        told = []
        lists = (file, None) if role == "time" else (None, file)
        found = read_arrivals(*lists, [ADA, BOB, CY], ZONED, told.append)
        return found, told

    found, told = read(lines)
    shuffled = random.sample(lines, len(lines))
    assert read(shuffled) == (found, told)
    assert len(found.times) + len(found.extensions) == len({who for who, _, _ in lines})
    if len(lines) == 1:
        assert told == []


def test_one_person_twice_is_told(arrivals):
    """With the name; the latest time counts, wherever its line is."""
    lines = ["bob,2026-12-03T12:00Z", "bob,2026-12-01T12:00Z", "Ada Doe,2026-12-01T12:00Z"]
    found, (told,) = arrivals("\n".join(["name,time", *lines]))
    assert found.times["bob"].day == 3
    assert "times.csv: several times, of which the latest counts: bob" in told
    text = "\n".join(["name,until", *lines[:1], "bob,2026-12-05T12:00Z"])
    found, (told,) = arrivals(extensions=text)
    assert {end.day for end in found.extensions.values()} == {5}
    assert "extensions.csv: several extensions, of which the latest counts: bob" in told


# Columns


def test_the_list_of_github_classroom_is_read_as_it_is(arrivals):
    """gh-classroom #28: its roster identifier may be a name, an address or an id."""
    header = "assignment_name,github_username,roster_identifier,submission_timestamp,points_awarded"
    lines = [
        f"hw,{login},{who},2026-12-0{day} 21:30:00 UTC,0"
        for day, (login, who) in enumerate([("a-d", "Ada Doe"), ("bob", ""), ("c", "cy")], 1)
    ]
    cy = entry("cy", "", Learner("Poe, Cy", "", "cy@x.org", ("cy@x.org", "cy")))
    found, told = arrivals("\n".join([header, *lines]), entries=[ADA, BOB, cy])
    assert {name: time.day for name, time in found.times.items()} == {
        "doeada_102": 1,
        "bob": 2,
        "cy": 3,
    }
    assert told == []


@pytest.mark.parametrize("header", ["abgegeben am", "Ultima modifica (consegna)", ""])
def test_an_unknown_header_is_that_of_times_if_only_its_column_has_times(arrivals, header):
    """Moodle has a hundred languages."""
    found, _ = arrivals(f"name,x,{header}\nbob,1,2026-12-02T09:30:00Z\nada doe,2,-\n")
    assert list(found.times) == ["bob"]


@pytest.mark.parametrize(
    ("header", "there"),
    [("a,b", "a and b"), ("time,submitted at", "time and submitted at")],
)
def test_two_columns_of_times_are_told(arrivals, header, there):
    """When a mark was set is not when the work was handed in."""
    with pytest.raises(RosterError) as caught:
        arrivals(f"name,{header}\nbob,2026-12-02T09:30:00Z,2026-12-03T09:30:00Z\n")
    assert f"expected a time in a column `time`, found {there}" in str(caught.value)


def test_without_a_deadline_a_list_is_refused(arrivals):
    """It would have no effect; without lists, no deadline is needed."""
    course = replace(COURSE, deadlines=Deadlines())
    with pytest.raises(RosterError, match="the course has no deadline"):
        arrivals("name,time\nbob,2026-12-02\n", course=course)
    assert arrivals(course=course) == (Arrivals(), [])


NAMED = [
    replace(one, pending=replace(one.pending, arrived=moment))
    for one, moment in ((BOB, datetime(2026, 12, 2, 9)), (CY, date(2026, 12, 3)), (ADA, None))
]


def test_names_of_submissions_may_tell_when_they_arrived(arrivals):
    """In the zone of the course, or as told; a list counts before them, if it has the learner."""
    found, (dated, told) = arrivals(named=NAMED)
    assert found.times == {"bob": datetime(2026, 12, 2, 9), "cy": datetime(2026, 12, 3)}
    assert dated == "names with a date and no time, read as the start of that day: cy"
    assert "bob: its name: a time without an offset from UTC" in told
    course = replace(COURSE, deadlines=replace(COURSE.deadlines, timezone="Asia/Tokyo"))
    found, told = arrivals(named=NAMED, course=course)
    assert found.times["bob"] == datetime(2026, 12, 2, tzinfo=UTC)
    assert told == [dated]
    listed, _ = arrivals("name,time\nbob,2026-12-01T10:00Z\n", named=NAMED, course=course)
    assert listed.times == {**found.times, "bob": datetime(2026, 12, 1, 10, tzinfo=UTC)}


def test_a_worksheet_may_tell_the_times_itself(tmp_path):
    """As Moodle's grading worksheet does."""
    file = tmp_path / "roster.csv"
    for header, known in (("Last modified (submission)", True), ("Last modified (grade)", False)):
        file.write_text(f"Full name,{header}\nAda,-\n", "utf-8")
        assert has_times(read_export(file)) is known
    assert not has_times(None)


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused(tmp_path_factory, content):
    """Also below a valid header."""
    file = tmp_path_factory.mktemp("lists") / "list.csv"
    for start in (b"", b"name,time,until,exercise\n"):
        file.write_bytes(start + content)
        for lists in ((file, None), (None, file)):
            with suppress(RosterError):
                read_arrivals(*lists, [ADA, BOB], COURSE, lambda _: None)
