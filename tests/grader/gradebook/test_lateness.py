"""Times of submissions, and extensions."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from gradebooks import BAD, GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import Course, Exercise
from grader.course.late_policy import Deadlines, Late
from grader.errors import RosterError
from grader.gradebook.journal import Journal
from grader.gradebook.lateness import (
    Arrivals,
    has_times,
    lateness_of,
    read_arrivals,
    settle,
    warn_untimed,
)
from grader.gradebook.marks import Attempt, Lateness, points_of
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.standing import standings
from grader.roster.roster import Learner, read_export
from grader.submissions.class_folder import PendingSubmission

ZONE = timezone(timedelta(hours=1))
DUE = datetime(2026, 12, 1, 23, 59, tzinfo=ZONE)
LATE = Late(percent_per_day=50)
DEADLINES = Deadlines({"01_ex": DUE}, LATE)
EXERCISES = tuple(Exercise(Path("/course"), name) for name in ("01_ex", "02_ex"))
COURSE = Course(Path("/course"), EXERCISES, deadlines=Deadlines({"01_ex": DUE, "02_ex": DUE}, LATE))


def entry(name, identifier="", learner=None, handed_in=True):
    return GradebookEntry(PendingSubmission(name, identifier, None), learner, handed_in=handed_in)


ADA = entry("doeada_102", "102", Learner("Doe, Ada", "", "ada@x.org", ("102", "ada@x.org", "ada")))
BOB = entry("bob")
CY = entry("cy", "", Learner("Poe, Cy"))


@pytest.fixture
def arrivals(tmp_path):
    """Returns a function that reads lists from their text, and returns the warnings, too."""

    def read(times="", extensions="", entries=(ADA, BOB, CY), course=COURSE):
        files = []
        for name, text in (("times.csv", times), ("extensions.csv", extensions)):
            (tmp_path / name).write_text(text, "utf-8")
            files.append(tmp_path / name if text else None)
        told = []
        return read_arrivals(*files, entries, course, told.append), told

    return read


# Lists


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2026-12-02T10:30:00+01:00", 10),
        ("2026-12-02T09:30:00Z", 10),
        ("2026-12-02 10:30", 10),
        ('"Wednesday, 2 December 2026, 10:30 AM"', 10),
        ('"Wednesday, 2 December 2026, 10:30 PM"', 22),
    ],
)
def test_a_time_is_read_as_platforms_write_it(arrivals, text, hour):
    """Without a UTC offset, it has the offset of the deadline."""
    found, _ = arrivals(f"name,time\nbob,{text}\n")
    assert found.times == {"bob": datetime(2026, 12, 2, hour, 30, tzinfo=ZONE)}


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
    """The last line about a learner counts; one about an unknown learner is reported."""
    text = "name,until,exercise\nbob,2026-12-03,01_ex\nAda Doe,2026-12-04,\nzed,2026-12-04,2\n"
    found, told = arrivals(extensions=text)
    third, fourth = (datetime(2026, 12, day, tzinfo=ZONE) for day in (3, 4))
    assert found.extensions == {
        ("bob", "01_ex"): third,
        ("doeada_102", "01_ex"): fourth,
        ("doeada_102", "02_ex"): fourth,
    }
    (one,) = told
    assert "extensions.csv, line 4: zed is not in the class" in one


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
def test_an_extension_that_ends_before_the_deadline_is_refused(arrivals, exercise):
    """It would extend nothing; the error names the learner and the deadline."""
    text = f"name,until,exercise\nbob,2026-12-03,\nAda Doe,2026-11-01T23:59,{exercise}\n"
    with pytest.raises(RosterError) as caught:
        arrivals(extensions=text)
    told = str(caught.value)
    assert (
        "extensions.csv, line 3: the extension of Ada Doe until 2026-11-01T23:59:00+01:00" in told
    )
    assert "ends before the deadline, 2026-12-01T23:59:00+01:00" in told
    assert "Write a later time, or remove the line" in told


def test_an_extension_for_all_exercises_extends_those_that_are_due_before(arrivals):
    """Exercises with later deadlines keep them, without an error."""
    due = {"01_ex": DUE, "02_ex": DUE + timedelta(days=9)}
    course = replace(COURSE, deadlines=Deadlines(due, LATE))
    found, _ = arrivals(extensions="name,until\nbob,2026-12-05\n", course=course)
    until = {exercise: time for (_, exercise), time in found.extensions.items()}
    both = replace(RIGHT, exercises=tuple(replace(RIGHT.exercises[0], name=name) for name in due))
    late = lateness_of(both, DUE + timedelta(days=8), until, course.deadlines, "")
    assert [one.percent for one in late] == [100, 0]


def test_without_a_deadline_a_list_is_refused(arrivals):
    """It would have no effect; without lists, no deadline is needed."""
    course = replace(COURSE, deadlines=Deadlines())
    with pytest.raises(RosterError, match="the course has no deadline"):
        arrivals("name,time\nbob,2026-12-02\n", course=course)
    assert arrivals(course=course) == (Arrivals(), [])


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


# What follows for marks


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "j", tmp_path) as journal:
        yield journal


RIGHT, WRONG = verdict("bob", GOOD), replace(verdict("bob", BAD), submission="h1")


def decided(journal, *entries, times=(), extensions=(), deadlines=DEADLINES):
    """Record lateness, and return the decisions and the learners without a time."""
    before = len(journal.lines)
    untimed = settle(journal, entries, Arrivals(dict(times), dict(extensions)), deadlines)
    return [line.content for line in journal.lines[before:]], untimed


TIMES_OF_DAY = st.datetimes(datetime(2026, 11, 25), datetime(2026, 12, 10), timezones=st.just(ZONE))
POLICIES = st.builds(
    Late,
    percent_per_day=st.integers(0, 100),
    grace_minutes=st.integers(0, 3000),
    days=st.none() | st.integers(0, 5),
)


@given(TIMES_OF_DAY, TIMES_OF_DAY, TIMES_OF_DAY, POLICIES)
def test_an_extension_never_costs_points(handed_in, due, until, late):
    """For any end of the extension and any policy."""
    deadlines = Deadlines({"01_ex": due}, late)

    def points(extensions):
        found = tuple(lateness_of(RIGHT, handed_in, extensions, deadlines, ""))
        return sum(points_of(one, (), found) for one in RIGHT.exercises)

    with_extension, without = points({"01_ex": until}), points({})
    assert with_extension >= without
    if handed_in <= max(due, until):
        assert with_extension == RIGHT.points


@given(TIMES_OF_DAY, st.sampled_from(["", "01_ex", "02_ex"]), TIMES_OF_DAY)
def test_a_list_of_extensions_never_costs_points(tmp_path_factory, until, exercise, handed_in):
    """It is rejected if it ends before the deadline; otherwise no points are lost by it."""
    file = tmp_path_factory.mktemp("lists") / "list.csv"
    file.write_text(f"name,until,exercise\nbob,{until.isoformat()},{exercise}\n", "utf-8")
    if until < DUE:
        with pytest.raises(RosterError, match="extension of bob"):
            read_arrivals(None, file, [BOB], COURSE, lambda _: None)
        return
    found = read_arrivals(None, file, [BOB], COURSE, lambda _: None)
    extended = {one: time for (_, one), time in found.extensions.items()}
    (with_it,) = lateness_of(RIGHT, handed_in, extended, DEADLINES, "")
    (without,) = lateness_of(RIGHT, handed_in, {}, DEADLINES, "")
    assert with_it.percent <= without.percent


def test_what_is_late_is_written_down_once(journal):
    """Grading again adds a line only if the time or the extension has changed."""
    journal.add(RIGHT, 0.1)
    late = [("bob", DUE + timedelta(hours=3))]
    ((one,), untimed) = decided(journal, BOB, times=late)
    assert isinstance(one, Lateness)
    assert (one.submission, one.exercise, one.percent) == ("h0", "01_ex", 50)
    assert untimed == []
    assert decided(journal, BOB, times=late) == ([], [])
    extension = [(("bob", "01_ex"), DUE + timedelta(days=1))]
    ((one,), _) = decided(journal, BOB, times=late, extensions=extension)
    assert (one.percent, one.reason) == (0, "")
    assert standings(journal.lines)["bob"].late == ()


def test_who_is_in_no_list_loses_nothing(journal):
    """Recorded times still count; a learner without a submission needs no time."""
    journal.add(RIGHT, 0.1)
    assert decided(journal, BOB) == ([], ["bob"])
    decided(journal, BOB, times=[("bob", DUE + timedelta(hours=3))])
    assert decided(journal, BOB) == ([], [])
    absent = entry("bob", handed_in=False)
    assert decided(journal, absent) == ([], [])
    told = []
    warn_untimed([f"s{number}" for number in range(12)], told.append)
    warn_untimed([], told.append)
    (one,) = told
    assert "s9 and 2 more" in one


def test_in_a_course_without_deadlines_nothing_is_late(journal):
    """Missing times are not reported."""
    journal.add(RIGHT, 0.1)
    assert decided(journal, BOB, deadlines=Deadlines()) == ([], [])


def test_the_best_attempt_counts_where_the_course_says_so(journal):
    """After deductions for lateness; of equal attempts, the last counts."""
    best = Deadlines({"01_ex": DUE}, replace(LATE, attempt="best"))
    journal.add(RIGHT, 0.1)
    journal.add(WRONG, 0.1)
    assert decided(journal, BOB) == ([], ["bob"])
    ((one,), _) = decided(journal, BOB, deadlines=best)
    assert (type(one), one.submission) == (Attempt, "h0")
    assert decided(journal, BOB, deadlines=best)[0] == []
    ((back,), _) = decided(journal, BOB)
    assert back.submission == "h1"


def test_an_attempt_that_came_too_late_is_not_the_best(journal):
    """Half of four points does not beat two; of equal attempts, the last counts."""
    best = Deadlines({"01_ex": DUE}, Late(percent_per_day=60, attempt="best"))
    journal.add(WRONG, 0.1)
    decided(journal, BOB, times=[("bob", DUE)], deadlines=best)
    journal.add(RIGHT, 0.1)
    late = [("bob", DUE + timedelta(hours=1))]
    (found, _) = decided(journal, BOB, times=late, deadlines=best)
    assert [type(one) for one in found] == [Lateness]
    assert standings(journal.lines)["bob"].verdict == RIGHT
    worse = Deadlines({"01_ex": DUE}, Late(percent_per_day=80, attempt="best"))
    (found, _) = decided(journal, BOB, times=late, deadlines=worse)
    assert [type(one) for one in found] == [Lateness, Attempt]
    assert standings(journal.lines)["bob"].verdict == WRONG
