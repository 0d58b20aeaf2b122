"""results.json, by the rules of Gradescope's specification of autograders."""

import json
from dataclasses import replace

import pytest
from gradebooks import BAD, EMPTY, GOOD, HELPED, HOSTILE, OURS, row, spec

from grader.errors import ReportError
from grader.reports.formats.gradescope import VISIBILITIES, render
from grader.verdicts.verdict import Outcome

TOP = {
    "score": int | float,
    "execution_time": int,
    "output": str,
    "output_format": str,
    "test_output_format": str,
    "test_name_format": str,
    "visibility": str,
    "stdout_visibility": str,
    "tests": list,
}
TEST = {
    "score": int | float,
    "max_score": int | float,
    "status": str,
    "name": str,
    "number": str,
    "output": str,
    "tags": list,
    "visibility": str,
}
FORMATS = {"text", "html", "simple_format", "md", "ansi"}


def check(text):
    """Return the document after checking its keys, types and allowed values."""
    text.encode("ascii")
    document = json.loads(text)
    for one, known in [(document, TOP), *((test, TEST) for test in document["tests"])]:
        assert one.keys() <= known.keys()
        for key, value in one.items():
            assert isinstance(value, known[key]), key
            assert not isinstance(value, bool)
        assert one["visibility"] in VISIBILITIES
    assert {document[key] for key in document if key.endswith("_format")} <= FORMATS
    for test in document["tests"]:
        assert test["status"] in ("passed", "failed")
        assert 0 <= test["score"] <= test["max_score"]
        assert all(isinstance(tag, str) for tag in test["tags"])
    # The score on top overrides the sum; here they are the same, to avoid confusion.
    assert document["score"] == sum(test["score"] for test in document["tests"])
    numbers = [test["number"] for test in document["tests"]]
    assert len(set(numbers)) == len(numbers)
    return document


@pytest.mark.parametrize("exercises", [(GOOD,), (BAD,), (EMPTY,), (GOOD, BAD, EMPTY)])
def test_all_rules_hold(exercises):
    """For any submission."""
    check(render(row("jane", *exercises), seconds=3))


def test_stretch_shows_whether_it_passed_without_a_point():
    """Only its status shows it, since its max_score is 0."""
    tests = check(render(row("jane", GOOD, BAD)))["tests"]
    stretch = [test for test in tests if test["tags"][1] == "stretch"]
    assert [(test["max_score"], test["status"]) for test in stretch] == [
        (0, "passed"),
        (0, "failed"),
    ]


def test_a_test_tells_exercise_promise_and_reason():
    """Numbered as in the course."""
    test = check(render(row("jane", GOOD, BAD)))["tests"][4]
    assert test["number"] == "2.2"
    assert test["name"] == "02_ex: test_g holds."
    assert test["output"] == "broken\nreturned  1\nexpected  2"


def test_help_goes_as_far_as_the_instructor_lets_it():
    """None, the first step, or all."""
    outputs = [check(render(row("jane", HELPED), steps=n))["tests"][0]["output"] for n in range(3)]
    assert outputs == [
        "broken\nreturned  1",
        "broken\nreturned  1\nhint      Which axis?",
        "broken\nreturned  1\nhint      Which axis?\nmistake   summed over all axes, in f",
    ]


def test_a_time_is_told_only_if_it_is_known():
    """Verdicts have no times."""
    assert "execution_time" not in check(render(row("jane", GOOD)))
    assert check(render(row("jane", GOOD), seconds=3))["execution_time"] == 3


def test_visibility_is_the_instructors():
    """For the whole result and for each test."""
    document = check(render(row("jane", GOOD), visibility="after_due_date"))
    shown = {document["visibility"], *(test["visibility"] for test in document["tests"])}
    assert shown == {"after_due_date"}


def test_a_fault_of_ours_makes_no_file():
    """Any score would count against the learner; without a file, Gradescope reports a failure."""
    with pytest.raises(ReportError, match="the grader itself failed"):
        render(row("jane", OURS))


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_what_strangers_wrote_is_plain_text(hostile):
    """It is shown in a <pre> as text, without control codes."""
    one = row("jane", (spec(Outcome.FAILED, hostile),))
    one = replace(one, verdict=replace(one.verdict, notes=(hostile,)))
    document = check(render(one))
    assert document["output_format"] == document["test_output_format"] == "text"
    assert not set("\x1b\0\u202e") & set(document["output"] + document["tests"][0]["output"])


def test_the_command_that_shows_the_same_is_named():
    """At the top, once for each exercise with something broken."""
    document = json.loads(render(row("alice", GOOD, BAD)))
    assert document["output"].endswith("the same values: pytest exercises/02_ex")
    assert "pytest" not in json.loads(render(row("alice", GOOD)))["output"]


def test_a_mistake_is_told_at_the_first_promise_that_it_breaks():
    """The others refer to it by its number; what is not written says so each time."""
    wrong = (
        spec(Outcome.FAILED, "returned  1", name="test_f", mistake="m", hints=("Which axis?",)),
        spec(Outcome.NOT_STARTED, "g: to be written", name="test_g"),
        spec(Outcome.FAILED, "returned  3", name="test_h", mistake="m", hints=("Which axis?",)),
        spec(Outcome.NOT_STARTED, "g: to be written", name="test_k"),
    )
    outputs = [one["output"] for one in check(render(row("Ada", GOOD, wrong)))["tests"]]
    assert outputs[-4:] == [
        "broken\nreturned  1\nhint      Which axis?",
        "not started\ng: to be written",
        "broken\nfor the same reason as 2.1",
        "not started\ng: to be written",
    ]
