"""What a wrong submission is compared with, and how that is written down."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.settings import find_course
from grader.errors import CourseError
from grader.mistakes.catalogue import Mistake, read_mistakes
from grader.mistakes.known_failures import KnownMistake, read, same, write
from grader.mistakes.recognise import narrow, place_of, recognise

COURSE = find_course(Path(__file__))
AFFINE = COURSE.named("affine")
SPECS = ["test_a", "test_b", "test_c"]


def answer(number):
    """The fingerprint of a wrong number."""
    return ["returned", "dx", ["numbers", [], "f", float(number)]]


def known(name, **failures):
    """A mistake that fails specs with these numbers."""
    made = {f"test_{spec}": answer(number) for spec, number in failures.items()}
    return KnownMistake(name, f"the title of {name}", f"A hint at {name}.", "Mul.forward", made.get)


HALVED, SWAPPED = known("halved", a=1, b=2), known("swapped", a=1, c=3)


def names(found):
    return {spec: [one.name for one in ones] for spec, ones in found.items()}


# Recognising


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


# On disk


def test_what_was_written_is_read_back(tmp_path):
    """Texts and failures; a spec that it passes is not in it."""
    file = tmp_path / "known.json"
    file.write_text(write([HALVED, SWAPPED], SPECS), "utf-8")
    back = read(file)
    assert same(back, [HALVED, SWAPPED], SPECS)
    assert back[0].failure("test_b") == answer(2)
    assert back[0].failure("test_c") is None


@pytest.mark.parametrize(
    "other",
    [
        [HALVED],
        [SWAPPED, HALVED],
        [HALVED, known("swapped", a=1)],
        [HALVED, known("swapped", a=1, c=4)],
        [
            HALVED,
            KnownMistake("swapped", "t", "A hint at swapped.", "Mul.forward", SWAPPED.failure),
        ],
    ],
    ids=["fewer", "order", "passes", "answer", "title"],
)
def test_any_difference_is_one(other):
    """`grader check` tells what is out of date by it."""
    assert not same(other, [HALVED, SWAPPED], SPECS)
    assert same([HALVED, known("swapped", a=1 + 1e-12, c=3)], [HALVED, SWAPPED], SPECS)


def test_a_file_that_is_not_there_is_empty(tmp_path):
    """A course may have no catalogue."""
    assert read(tmp_path / "known.json") == []


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"name": "a"}]', '{"a": 1}'])
def test_another_kind_of_file_is_told(tmp_path, content):
    """With what to do about it."""
    file = tmp_path / "known.json"
    file.write_text(content, "utf-8")
    with pytest.raises(CourseError, match=r"known\.json: expected what .* run it again"):
        read(file)


def test_what_is_handed_out_has_no_line_of_a_solution():
    """Neither of the reference nor of the changes that make a mistake: numbers and hints only."""
    for exercise in COURSE.exercises:
        told = exercise.fingerprints.read_text("utf-8")
        lines = exercise.solution.read_text("utf-8").splitlines()
        code = {line.strip() for line in lines if "=" in line or "return " in line}
        assert not [line for line in code if len(line) > 8 and json.dumps(line)[1:-1] in told]
