"""What Gradescope runs for a submission, run as it does."""

import json
import os
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from gradebooks import GOOD, verdict
from hypothesis import given
from hypothesis import strategies as st

from grader.course.late_policy import Deadlines, Late
from grader.gradebook.lateness import lateness_of
from grader.platforms import gradescope_autograder
from grader.transport.worker_process import can_confine
from grader.verdicts.conditions import version_of

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
AFFINE = (ROOT / "solutions" / "03_affine" / "affine.py").read_text("utf-8")

needs_sandbox = pytest.mark.skipif(not can_confine(), reason="there is no sandbox here")

posix = pytest.mark.skipif(os.name != "posix", reason="the platforms run Linux")


@posix
@needs_sandbox
def test_gradescope_may_tell_it_in_chinese(container, tmp_path, process, secret):
    """As the package was made; the marks are the same."""
    out = tmp_path / "other.zip"
    arguments = ("--exercise", "03", "--secret-file", secret, "--language", "zh")
    done = process("-m", "grader", "package", "gradescope", out, *arguments, cwd=ROOT)
    assert done.returncode == 0, done.err
    with zipfile.ZipFile(out) as archive:
        (container.root / "run_autograder").write_bytes(archive.read("run_autograder"))
    code, wrong = container(AFFINE.replace("axis=0", ""))
    assert (code, wrong["score"]) == (0, 5)
    assert "偏置" in wrong["tests"][4]["output"] or "求和" in wrong["tests"][4]["name"]
    done = process("-m", "grader", "package", "gradescope", out, "--language", "fr", cwd=ROOT)
    assert (done.returncode, "--language is 'fr'" in done.err) == (2, True)


@posix
@needs_sandbox
def test_gradescope_gets_the_marks_with_who_and_how_late(container):
    """Right, wrong, late: /autograder/submission in, /autograder/results/results.json out."""
    assert version_of(container.root / "source" / "course") == version_of(ROOT)
    code, right = container(AFFINE)
    assert (code, right["score"]) == (0, 10)
    assert {test["status"] for test in right["tests"]} == {"passed"}
    metadata = {
        "created_at": "2026-07-02T14:22:32.365935-07:00",
        "assignment": {"due_date": "2026-07-01T23:00:00.000000-07:00"},
        "users": [{"name": "Zoë", "email": "zoe@example.com", "id": 1}],
    }
    code, wrong = container(AFFINE.replace("dout, axis=0", "dout"), metadata)
    assert code == 0
    assert 0 <= wrong["score"] < 10
    assert "handed in by Zo" in wrong["output"]
    assert "handed in late, by 15 h 22 min" in wrong["output"]
    metadata["users"][0]["assignment"] = {"due_date": "2026-07-09T23:00:00.000000-07:00"}
    _, extended = container(AFFINE, metadata)
    assert "late" not in extended["output"]


@posix
@needs_sandbox
def test_gradescope_takes_off_for_coming_late_what_the_course_says(container):
    """By Gradescope's submission time, with its extensions."""
    settings = container.root / "source" / "course" / "pyproject.toml"
    text = settings.read_text("utf-8")
    deadline = "[tool.kata]\ndeadline = 2026-07-01T23:00:00-07:00\nlate.percent_per_day = 20"
    settings.write_text(text.replace("[tool.kata]", deadline, 1), "utf-8")
    metadata = {
        "created_at": "2026-07-02T14:22:32.365935-07:00",
        "assignment": {"due_date": "2026-07-01T23:00:00.000000-07:00"},
        "users": [{"name": "Zoë", "assignment": {"due_date": "2026-07-01T23:00:00-07:00"}}],
    }
    _, late = container(AFFINE, metadata)
    assert late["score"] == 8
    assert "03_affine: 15 h late, 1 day begun: 20% off" in late["output"]
    assert late["output"].count("late") == 1
    metadata["users"][0]["assignment"]["due_date"] = "2026-07-02T23:00:00-07:00"
    _, extended = container(AFFINE, metadata)
    assert extended["score"] == 10
    assert "late" not in extended["output"]
    metadata["users"][0]["assignment"]["due_date"] = "2026-06-01T23:00:00-07:00"
    metadata["created_at"] = "2026-07-01T22:00:00-07:00"
    _, in_time = container(AFFINE, metadata)
    assert in_time["score"] == 10
    assert "ends before the deadline, 2026-07-01 23:00-07:00" in in_time["output"]
    assert "the deadline counts" in in_time["output"]


@posix
@pytest.mark.parametrize("metadata", [None, [], {"users": [None]}, {"created_at": "0001-01-01"}])
def test_without_a_sandbox_no_mark_is_made_up(container, tmp_path, metadata):
    """The learner reads why there was no grading; there is no score, and no test."""
    python = tmp_path / "python"
    python.write_text(f"""#!{sys.executable} -P
import sys
sys.path.insert(0, ".")
import grader.transport.worker_process
def fail():
    raise grader.transport.worker_process.WorkerFailed("landlock: not here")
grader.transport.worker_process.sandbox_layers = fail
sys.argv = sys.argv[2:]
import grader.platforms.gradescope_autograder
sys.exit(grader.platforms.gradescope_autograder.main())
""")
    python.chmod(0o755)
    code, results = container(AFFINE, metadata, python)
    assert code == 2
    assert "score" not in results
    assert "tests" not in results
    assert "no sandbox is available in this container (landlock: not here)" in results["output"]


# What the platform knows of a submission

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
    return gradescope_autograder._read_metadata(file)


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


def test_the_minute_of_the_deadline_is_in_time():
    """gradecraft-development #2861: as in a class on the command line."""
    for second in (0, 59):
        metadata = gradescope_autograder.Metadata("Bob", DUE.replace(second=second), DUE)
        assert gradescope_autograder._beyond(metadata) == ""
        assert not list(gradescope_autograder._lateness(RIGHT, metadata, DEADLINES))
    late = gradescope_autograder.Metadata("Bob", DUE + timedelta(minutes=1), DUE)
    assert gradescope_autograder._beyond(late) == "handed in late, by 0 h 1 min"


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
