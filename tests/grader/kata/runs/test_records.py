"""Stored verdicts: never ones that may be out of date."""

import pytest

from grader.kata.runs.records import Records, read_spec
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

BROKEN = SpecVerdict("test_x", "x holds", Tier.CORE, Outcome.FAILED, 1, "why", hints=("a", "b"))


@pytest.fixture
def records(learner):
    return Records(learner.course)


def keep(records, exercise, outcome=Outcome.FAILED):
    spec = SpecVerdict("test_x", "x holds", Tier.CORE, outcome, 1, hints=("a",))
    verdict = ExerciseVerdict(exercise.name, (spec,))
    from grader.verdicts.conditions import version_of

    version = version_of(exercise.root)
    records.keep(verdict, version, records.content_of(exercise))
    return verdict


def test_a_verdict_is_known_until_the_work_changes(learner, records):
    """A change of the exercise's file or an earlier one counts; of a later one it does not."""
    exercise = learner.exercise("03")
    verdict = keep(records, exercise)
    learner.writes("04", "x = 1")
    assert Records(learner.course).verdict(exercise) == verdict
    learner.writes("01", "x = 1")
    assert records.verdict(exercise) is None
    keep(records, exercise)
    learner.exercise("03").stub.unlink()
    assert records.verdict(exercise) is None


def test_a_verdict_is_known_until_the_course_changes(learner, records):
    """The version of the course is part of the record."""
    exercise = learner.exercise("03")
    verdict = ExerciseVerdict(exercise.name, (BROKEN,))
    records.keep(verdict, "another version", records.content_of(exercise))
    assert records.verdict(exercise) is None


def test_a_verdict_on_work_that_has_changed_meanwhile_is_not_kept(learner, records):
    """It is not known which version was run."""
    exercise = learner.exercise("03")
    content = records.content_of(exercise)
    learner.writes("03", "x = 1")
    records.keep(ExerciseVerdict(exercise.name, (BROKEN,)), "", content)
    assert not (records.folder / f"{exercise.name}.json").exists()


@pytest.mark.parametrize("outcome", [Outcome.TIMED_OUT, Outcome.CRASHED, Outcome.GRADER_ERROR])
def test_what_may_come_out_otherwise_is_not_kept(learner, records, outcome):
    """A timeout on a busy machine must not be stored."""
    keep(records, learner.exercise("03"), outcome)
    assert records.verdict(learner.exercise("03")) is None


@pytest.mark.parametrize(
    "damage", [b"", b"\xff", b"[]", b"{}", b'{"at": 3, "of": 1, "steps": "x"}']
)
def test_a_damaged_file_is_as_good_as_none(learner, records, damage):
    """Everything in it can be recomputed."""
    keep(records, learner.exercise("03"))
    for name in ("state", "hints", "03_affine"):
        (records.folder / f"{name}.json").write_bytes(damage)
    assert records.at is None
    assert records.steps(BROKEN) == 0
    assert records.verdict(learner.exercise("03")) is None


def test_the_chosen_exercise_is_remembered(learner, records):
    """Unless the course no longer has that exercise."""
    assert records.at is None
    records.go_to(learner.exercise("05"))
    assert Records(learner.course).at == learner.exercise("05")


def test_hints_go_one_step_further_each_time_and_no_further(learner, records):
    """They are counted for one spec and one result; another result starts again."""
    from dataclasses import replace

    assert [records.steps(BROKEN), *(records.step(BROKEN) for _ in range(3))] == [0, 1, 2, 2]
    assert Records(learner.course).steps(BROKEN) == 2
    assert records.steps(replace(BROKEN, message="another reason")) == 0
    assert records.steps(replace(BROKEN, name="test_y")) == 0


def test_a_folder_that_cannot_be_written_stops_nobody(learner, records):
    """Then nothing is stored."""
    for path in sorted(records.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    records.folder.rmdir()
    records.folder.write_text("not a folder", "utf-8")
    records.go_to(learner.exercise("05"))
    assert records.at is None


def test_a_spec_verdict_is_read_back():
    """Tier, outcome and hints survive the round trip through JSON."""
    import json
    from dataclasses import asdict

    assert read_spec(json.loads(json.dumps(asdict(BROKEN)))) == BROKEN
