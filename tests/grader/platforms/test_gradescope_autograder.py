"""What Gradescope tells of a submission, and what follows from it for marks."""

import json
from datetime import UTC, datetime, timedelta

from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.course.late_policy import Deadlines, Late
from grader.gradebook.lateness import lateness_of
from grader.platforms import gradescope_autograder

DUE = datetime(2026, 12, 1, 23, 59, tzinfo=UTC)
RIGHT = verdict("bob", GOOD)
DEADLINES = Deadlines({one.name: DUE for one in RIGHT.exercises}, Late(percent_per_day=50))
TIMES = st.datetimes(datetime(2026, 11, 25), datetime(2026, 12, 10), timezones=st.just(UTC))


def told(folder, at, due, own):
    """What the autograder makes of the metadata of a submission."""
    file = folder / "submission_metadata.json"
    users = [{"name": "Bob", "assignment": {"due_date": own and own.isoformat()}}]
    assignment = {"due_date": due and due.isoformat()}
    document = {"created_at": at.isoformat(), "assignment": assignment, "users": users}
    file.write_text(json.dumps(document), "utf-8")
    return gradescope_autograder._told(file)


@given(TIMES, st.none() | TIMES, st.none() | TIMES)
def test_a_date_of_ones_own_never_costs_points(tmp_path_factory, at, due, own):
    """Neither what the course takes off, nor what the result says, is worse than without it."""
    folder = tmp_path_factory.mktemp("metadata")
    found = told(folder, at, due, own)
    late = list(gradescope_autograder._lateness(RIGHT, found, DEADLINES))
    (without,) = lateness_of(RIGHT, at, {}, DEADLINES, "")
    assert sum(one.percent for one in late) <= without.percent
    if due and not gradescope_autograder._beyond(told(folder, at, due, None)):
        assert not gradescope_autograder._beyond(found)


def test_a_date_before_the_deadline_is_reported_and_does_not_count():
    """In a course with deadlines, by those; else by that of the platform."""
    names = [one.name for one in RIGHT.exercises]
    early, later = DUE - timedelta(days=9), DUE + timedelta(days=3)

    def note(due, own, deadlines=DEADLINES):
        metadata = gradescope_autograder.Metadata("Bob", DUE, due, own)
        return gradescope_autograder._ends_early(metadata, names, deadlines)

    assert "until 2026-11-22 23:59+00:00 ends before the deadline, 2026-12-01" in note(DUE, early)
    assert "before the deadline, 2026-12-04" in note(later, DUE, Deadlines())
    assert "before the deadline, 2026-12-01" in note(early - timedelta(days=1), early)
    for due, own in ((DUE, None), (None, None), (early, early), (DUE, DUE), (DUE, later)):
        assert note(due, own) == ""
    assert note(None, DUE, Deadlines()) == ""
