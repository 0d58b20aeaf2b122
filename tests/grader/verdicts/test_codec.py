"""Verdicts as JSON, and back."""

import json
from dataclasses import asdict, replace

import pytest

from grader.messages.explanation import explain
from grader.messages.message import english
from grader.verdicts.codec import plain_of, read_spec, verdict_from
from grader.verdicts.verdict import (
    Basis,
    Conditions,
    ExerciseVerdict,
    Feedback,
    Outcome,
    SpecVerdict,
    Tier,
    Verdict,
)

TOLD = Feedback(Outcome.CRASHED, "returned  王", "a_mistake", "printed", ("hint",), kept=True)
SPECS = tuple(
    SpecVerdict(
        f"test_{outcome.value}",
        "It holds.",
        tier,
        outcome,
        2,
        "returned  1\n\ud800 \u202e 王",
        "a_mistake" if outcome is Outcome.FAILED else None,
        "printed",
        ("Which axis?", "summed, in f"),
        None if outcome is Outcome.PASSED else TOLD,
    )
    for outcome in Outcome
    for tier in Tier
)
CONDITIONS = Conditions("c0", "s0", "3.11", "2.0", {"call_seconds": 0.5, "n": 3}, ("landlock",))
VERDICT = Verdict(
    "ada",
    (
        ExerciseVerdict("01_f", SPECS),
        ExerciseVerdict("02_g", SPECS[:2], (Outcome.PASSED, Outcome.FAILED), True),
        ExerciseVerdict("03_h", (), basis=Basis.UNREADABLE),
        ExerciseVerdict("04_i", SPECS[:1], on_reference=("02_g",), reference="v0"),
    ),
    "hash",
    CONDITIONS,
    ("a note", "another"),
)


def through_json(content):
    return json.loads(json.dumps(content))


def test_a_verdict_comes_back_as_it_was():
    """Each outcome, tier, hint and condition; also one in which there is nothing."""
    empty = Verdict("", (), "", CONDITIONS, ())
    for verdict in (VERDICT, empty):
        assert verdict_from(through_json(plain_of(verdict))) == verdict


def test_it_is_written_as_dataclasses_would():
    """Only faster."""
    assert through_json(plain_of(VERDICT)) == through_json(asdict(VERDICT))


def test_feedback_comes_back_with_its_messages():
    """Also with messages that are translated when they are shown."""
    message = explain(("differs", english("all are off by {number}", number="5")))
    told = Feedback(Outcome.FAILED, message, hints=(english("hint"),))
    exercise = ExerciseVerdict("01_f", (replace(SPECS[2], feedback=told),))
    verdict = replace(VERDICT, exercises=(exercise,))
    assert verdict_from(through_json(plain_of(verdict))) == verdict


def test_a_verdict_of_before_it_said_what_it_is_based_on_can_be_read():
    """All were judged then; another basis than those that there are is damage."""
    content = through_json(plain_of(VERDICT))
    for exercise in content["exercises"]:
        for key in ("basis", "on_reference", "reference"):
            del exercise[key]
    found = verdict_from(content)
    assert {one.basis for one in found.exercises} == {Basis.JUDGED}
    assert {one.on_reference for one in found.exercises} == {()}
    for key, damage in (("basis", "guessed"), ("on_reference", "02_g"), ("reference", 7)):
        content["exercises"][0] = {**content["exercises"][0], key: damage}
        with pytest.raises((TypeError, ValueError)):
            verdict_from(content)
        del content["exercises"][0][key]


def test_a_verdict_of_before_feedback_can_be_read():
    """It has none then."""
    content = through_json(plain_of(VERDICT))
    for exercise in content["exercises"]:
        for spec in exercise["specs"]:
            del spec["feedback"]
    found = verdict_from(content)
    assert found.exercises[0].specs == tuple(replace(one, feedback=None) for one in SPECS)


@pytest.mark.parametrize(
    ("field", "value"),
    [("kept", "yes"), ("outcome", "GREAT"), ("hints", "h"), ("message", ["text"]), ("more", 1)],
)
def test_damaged_feedback_is_refused(field, value):
    """As any other part is."""
    content = through_json(asdict(SPECS[2]))
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_spec({**content, "feedback": {**content["feedback"], field: value}})


def test_a_verdict_of_before_follow_through_can_be_read():
    """Journals are kept for years."""
    content = through_json(plain_of(VERDICT))
    for exercise in content["exercises"]:
        del exercise["through"], exercise["through_counts"]
    exercises = tuple(replace(e, through=(), through_counts=False) for e in VERDICT.exercises)
    assert verdict_from(content) == replace(VERDICT, exercises=exercises)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: f"{spec.outcome.value} {spec.tier.value}")
def test_a_spec_comes_back_by_itself(spec):
    """As `kata` keeps it."""
    assert read_spec(through_json(asdict(spec))) == spec


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 1),
        ("promise", None),
        ("outcome", "GREAT"),
        ("tier", "core "),
        ("max_points", "2"),
        ("max_points", 2.0),
        ("max_points", True),
        ("message", ["text"]),
        ("hints", "Which axis?"),
        ("hints", [1]),
        ("mistake", 1),
        ("nonsense", 1),
    ],
)
def test_what_somebody_else_has_written_is_refused(field, value):
    """A text where a number should be, an outcome that is none, a field that nobody knows."""
    content = through_json(asdict(SPECS[0]))
    with pytest.raises((KeyError, TypeError, ValueError)):
        read_spec({**content, field: value})


@pytest.mark.parametrize("field", ["name", "outcome", "tier", "hints"])
def test_what_is_missing_is_refused(field):
    """Nothing is made up."""
    content = through_json(asdict(SPECS[0]))
    del content[field]
    with pytest.raises((KeyError, TypeError)):
        read_spec(content)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("name",), 7),
        (("notes",), "a note"),
        (("notes",), [7]),
        (("submission",), None),
        (("conditions", "limits"), {"call_seconds": "2"}),
        (("conditions", "sandbox"), "landlock"),
        (("conditions", "course"), 7),
        (("exercises", 0, "name"), None),
        (("exercises", 1, "through"), ["GREAT"]),
        (("exercises", 1, "through_counts"), "yes"),
    ],
)
def test_a_verdict_with_a_wrong_part_is_refused(path, value):
    """Wherever it is."""
    content = through_json(plain_of(VERDICT))
    place = content
    for step in path[:-1]:
        place = place[step]
    assert place[path[-1]] != value
    place[path[-1]] = value
    with pytest.raises((KeyError, TypeError, ValueError)):
        verdict_from(content)
