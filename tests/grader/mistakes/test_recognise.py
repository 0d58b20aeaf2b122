"""A submission that fails as a known mistake does."""

from dataclasses import replace
from pathlib import Path

import pytest
from known_mistakes import HALVED, SPECS, SWAPPED, answer, known

from grader.course.settings import find_course
from grader.mistakes.catalogue import Mistake, read_mistakes
from grader.mistakes.recognise import narrow, place_of, recognise

COURSE = find_course(Path(__file__))

AFFINE = COURSE.named("affine")


def names(found):
    return {spec: [one.name for one in ones] for spec, ones in found.items()}


def test_the_mistake_that_answers_the_same_is_found():
    """At each spec by itself: two mistakes in one file are both found."""
    failures = {"test_b": answer(2), "test_c": answer(3)}
    found = names(recognise([HALVED, SWAPPED], failures, SPECS))
    assert found == {"test_b": ["halved"], "test_c": ["swapped"]}


def test_another_answer_is_no_known_mistake():
    """Also not the one that fails the same specs, and not for an end that says nothing."""
    failures = {"test_a": answer(7), "test_b": None}
    assert names(recognise([HALVED], failures, SPECS)) == {"test_a": [], "test_b": []}


def test_of_two_that_answer_the_same_it_is_the_one_that_breaks_these_promises():
    """What passed tells as much as what failed."""
    failures = {"test_a": answer(1), "test_b": answer(2)}
    assert names(recognise([HALVED, SWAPPED], failures, SPECS))["test_a"] == ["halved"]


def test_only_the_specs_that_ran_tell_them_apart():
    """With -k or -x, not all do; then both may be the reason."""
    failures = {"test_a": answer(1)}
    assert names(recognise([HALVED, SWAPPED], failures, ["test_a"]))["test_a"] == [
        "halved",
        "swapped",
    ]
    assert names(recognise([HALVED, SWAPPED], failures, ["test_a", "test_b"]))["test_a"] == [
        "swapped"
    ]


def test_a_mistake_is_run_only_on_specs_that_it_may_fail():
    """Which those are is written down for a learner's inputs; what is new is run on all."""
    asked = []
    slow = replace(HALVED, failure=lambda spec: asked.append(spec) or HALVED.failure(spec))
    narrowed = narrow(slow, known("halved", b=7))
    assert [narrowed.failure(spec) for spec in SPECS] == [None, answer(2), None]
    assert asked == ["test_b"]
    assert narrow(slow, None) is slow


def test_a_mistake_is_run_only_where_it_may_fail_as_a_submission_did():
    """What was checked, and the shape of what came back, do not depend on the inputs."""
    asked = []
    slow = replace(HALVED, failure=lambda spec: asked.append(spec) or HALVED.failure(spec))
    narrowed = narrow(slow, known("halved", a=6, b=7))
    other = ["returned", "dy", ["numbers", [], "f", 2.0]]
    wide = ["returned", "dx", ["numbers", [3], "f", 2.0]]
    failures = {"test_a": other, "test_b": answer(2), "test_c": answer(3)}
    assert names(recognise([narrowed], failures, SPECS))["test_b"] == ["halved"]
    assert names(recognise([narrowed], {"test_b": wide}, SPECS)) == {"test_b": []}
    assert names(recognise([narrowed], {"test_b": ["raised", "x", ""]}, SPECS)) == {"test_b": []}
    assert asked == ["test_b"]


# Where a mistake is


def mistake(before, after):
    return Mistake("wrong", "it is wrong", before, after, "Look.")


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("np.sum(dout, axis=0)", "np.sum(dout)", "Affine.backward"),
        ("        self.W = W\n", "", "Affine.__init__"),
        ("class Affine:", "class Affine(dict):", "Affine"),
        ("import numpy as np\n", "import numpy as np\nnp.seterr()\n", "affine.py"),
    ],
)
def test_a_mistake_is_placed_in_the_method_that_it_changes(before, after, place):
    """Or else in the class, or the file."""
    assert place_of(mistake(before, after), AFFINE) == place


def test_every_mistake_of_the_catalogue_has_a_place_with_a_name():
    """A learner is led to a method or a function, never to a line number of the reference."""
    for exercise in COURSE.exercises:
        for one in read_mistakes(exercise):
            assert place_of(one, exercise).replace(".", "").replace("_", "").isalnum()
