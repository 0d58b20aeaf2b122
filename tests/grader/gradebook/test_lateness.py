"""Times of submissions, and extensions."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from gradebooks import BAD, GOOD, OURS, verdict
from hypothesis import given
from hypothesis import strategies as st
from late_class import BOB, DEADLINES, DUE, LATE, ZONE, entry

from grader.course.late_policy import Deadlines, Late
from grader.gradebook.arrivals import Arrivals
from grader.gradebook.journal import Journal
from grader.gradebook.lateness import lateness_of, settle, warn_untimed
from grader.gradebook.marks import Arrival, Attempt, Lateness, points_of
from grader.gradebook.standing import notes_on, standings
from grader.submissions.class_folder import PendingSubmission
from grader.submissions.submission import Submission
from grader.verdicts.verdict import ExerciseVerdict

# What follows for marks


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "j", tmp_path) as journal:
        yield journal


RIGHT, WRONG = verdict("bob", GOOD), replace(verdict("bob", BAD), submission="h1")


def decided(journal, *entries, times=(), extensions=(), deadlines=DEADLINES):
    """Record lateness; return the decisions but for arrivals, and the learners without a time."""
    before = len(journal.lines)
    untimed = settle(journal, entries, Arrivals(dict(times), dict(extensions)), deadlines)
    made = [line.content for line in journal.lines[before:]]
    return [one for one in made if not isinstance(one, Arrival)], untimed


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


def test_an_attempt_that_the_grader_could_not_judge_may_be_the_best(journal):
    """So an earlier one is not written into anybody's gradebook as long as that is unknown."""
    journal.add(RIGHT, 0.1)
    journal.add(replace(WRONG, exercises=(ExerciseVerdict("01_ex", OURS),)), 0.1)
    assert decided(journal, BOB, deadlines=BEST)[0] == []
    assert standings(journal.lines)["bob"].has_grader_error


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


# Earlier attempts in the same download


def test_an_earlier_attempt_has_the_time_of_its_name(journal):
    """It is recorded once, and the attempt keeps its own lateness."""
    best = Deadlines({"01_ex": DUE}, Late(percent_per_day=60, attempt="best"))
    files = Submission("bob", {}, ())
    first = PendingSubmission("bob", "", lambda: files, arrived=DUE + timedelta(hours=1))
    twice = replace(BOB, pending=replace(BOB.pending, earlier=(first,)))
    journal.add(replace(RIGHT, submission=files.hash), 0.1)
    journal.add(WRONG, 0.1)
    found, untimed = decided(journal, twice, times=[("bob", DUE)], deadlines=best)
    assert [type(one) for one in found] == [Lateness]
    assert (found[0].submission, found[0].percent, untimed) == (files.hash, 60, [])
    lines = len(journal.lines)
    assert decided(journal, twice, times=[("bob", DUE)], deadlines=best) == ([], [])
    assert len(journal.lines) == lines


# The same files again

BEST = Deadlines({"01_ex": DUE}, replace(LATE, attempt="best"))
SOON, LATER = DUE - timedelta(days=1), DUE + timedelta(days=1)


def arrived(journal):
    return [line.content.handed_in for line in journal.lines if isinstance(line.content, Arrival)]


def points(journal):
    standing = standings(journal.lines)["bob"]
    return sum(points_of(one, (), standing.late) for one in standing.verdict.exercises)


@pytest.mark.parametrize(("deadlines", "after"), [(BEST, 4), (DEADLINES, 2)], ids=["best", "last"])
def test_the_same_file_again_is_another_attempt_with_its_own_time(journal, deadlines, after):
    """Autolab #143, where it is refused. With "best" the earlier one stays, and both are told."""
    journal.add(RIGHT, 0.1)
    decided(journal, BOB, times=[("bob", SOON)], deadlines=deadlines)
    assert points(journal) == 4
    decided(journal, BOB, times=[("bob", LATER)], deadlines=deadlines)
    assert points(journal) == after
    assert arrived(journal) == [SOON.isoformat(), LATER.isoformat()]
    (note,) = [one for one in notes_on(standings(journal.lines)["bob"]) if "same files" in one]
    assert SOON.isoformat() in note
    assert LATER.isoformat() in note
    lines = list(journal.lines)
    assert decided(journal, BOB, times=[("bob", LATER)], deadlines=deadlines) == ([], [])
    assert decided(journal, BOB, deadlines=deadlines) == ([], [])
    assert journal.lines == lines


def test_an_earlier_file_that_is_handed_in_again_keeps_its_first_time(journal):
    """Also with another attempt between them."""
    for found, at in ((RIGHT, SOON), (WRONG, DUE), (RIGHT, LATER)):
        journal.add(found, 0.1)
        decided(journal, BOB, times=[("bob", at)], deadlines=BEST)
    assert points(journal) == 4


def test_a_corrected_time_takes_a_deduction_back(journal):
    """nbgrader #723: the penalty stayed after the time was set right."""
    for deadlines in (DEADLINES, BEST):
        journal.add(replace(RIGHT, submission=deadlines.late.attempt), 0.1)
        decided(journal, BOB, times=[("bob", LATER)], deadlines=deadlines)
        assert standings(journal.lines)["bob"].late_of(journal.verdicts["bob"])
        decided(journal, BOB, times=[("bob", SOON)], deadlines=deadlines)
        assert points(journal) == 4


def test_an_extension_alone_is_applied_to_times_that_are_known(journal):
    """The list of times need not be given again; without either list nothing changes."""
    journal.add(RIGHT, 0.1)
    decided(journal, BOB, times=[("bob", LATER)])
    decided(journal, BOB, extensions=[(("bob", "01_ex"), LATER)])
    assert points(journal) == 4
    assert decided(journal, BOB) == ([], [])
    assert points(journal) == 4


def test_who_was_in_time_is_known_to_have_been(journal):
    """Nobody is asked for the time again that was given in an earlier run."""
    journal.add(RIGHT, 0.1)
    assert decided(journal, BOB, times=[("bob", SOON)])[1] == []
    assert decided(journal, BOB)[1] == []


def test_a_time_is_recorded_in_the_zone_of_the_course(journal):
    """In which an instructor reads it; the same moment in another zone is no other attempt."""
    zoned = Deadlines({"01_ex": datetime(2026, 10, 24, 23, 59)}, LATE, "Europe/Berlin")
    journal.add(RIGHT, 0.1)
    for offset in (0, 2, -7):
        at = datetime(2026, 10, 24, 20, tzinfo=UTC).astimezone(timezone(timedelta(hours=offset)))
        assert decided(journal, BOB, times=[("bob", at)], deadlines=zoned) == ([], [])
    assert arrived(journal) == ["2026-10-24T22:00:00+02:00"]


@pytest.mark.parametrize("first", [SOON, DUE, LATER])
def test_with_best_the_order_of_the_same_file_does_not_matter(journal, first):
    """The earliest counts, whatever the order of the lists."""
    journal.add(RIGHT, 0.1)
    for at in (first, LATER, SOON, DUE, LATER):
        decided(journal, BOB, times=[("bob", at)], deadlines=BEST)
    assert points(journal) == 4
