"""A submission that fails as a known mistake does."""

from dataclasses import replace
from pathlib import Path

import pytest
from known_mistakes import HALVED, SPECS, SWAPPED, answer, known

from grader.course.settings import find_course
from grader.mistakes.catalogue import Mistake, read_mistakes
from grader.mistakes.recognise import narrow, place_of, recognise
from grader.mistakes.traces import traces_of

COURSE = find_course(Path(__file__))

AFFINE = COURSE.named("affine")


def names(found):
    return {spec: [one.name for one in ones] for spec, ones in found.items()}


def test_a_mistake_that_explains_all_that_broke_is_found():
    """At each spec that it breaks."""
    found = names(recognise([HALVED, SWAPPED], {"test_a": answer(1), "test_c": answer(3)}, SPECS))
    assert found == {"test_a": ["swapped"], "test_c": ["swapped"]}


@pytest.mark.parametrize(
    "failures",
    [
        {"test_a": answer(1), "test_b": answer(2), "test_c": answer(7)},
        {"test_a": answer(1), "test_b": answer(7)},
        {"test_a": answer(1)},
        {"test_a": answer(1), "test_b": None},
    ],
    ids=["another promise broke", "in another way", "one that it breaks held", "ended otherwise"],
)
def test_a_mistake_that_explains_a_part_is_not_named(failures):
    """Nor anything else: what is seen may have another cause."""
    assert not any(recognise([HALVED], failures, SPECS).values())


def test_two_mistakes_are_found_if_together_they_explain_all():
    """Each at the spec that shows it; where both break a spec, the one that it shows."""
    failures = {"test_a": answer(1), "test_b": answer(2), "test_c": answer(3)}
    one, other = known("one", a=1, b=2), known("other", b=5, c=3)
    found = names(recognise([one, other], failures, SPECS))
    assert found == {"test_a": ["one"], "test_b": ["one"], "test_c": ["other"]}
    assert not any(recognise([one, other], {**failures, "test_b": answer(7)}, SPECS).values())


def test_of_three_mistakes_none_is_guessed():
    """Each explains one promise, and no two of them explain all."""
    three = [known("one", a=1), known("two", b=2), known("three", c=3)]
    failures = {"test_a": answer(1), "test_b": answer(2), "test_c": answer(3)}
    assert not any(recognise(three, failures, SPECS).values())


def test_only_the_specs_that_ran_tell_mistakes_apart():
    """With -k or -x, not all do; then both may be the reason."""
    failures = {"test_a": answer(1)}
    both = recognise([HALVED, SWAPPED], failures, ["test_a"])
    assert names(both) == {"test_a": ["halved", "swapped"]}


def test_stretch_contradicts_a_mistake_only_where_it_held():
    """Right code may leave stretch undone, in a way of its own."""
    failures = {"test_a": answer(1), "test_b": answer(7)}
    found = names(recognise([HALVED], failures, SPECS, stretch=["test_b"]))
    assert found["test_a"] == ["halved"]
    assert not any(recognise([HALVED], {"test_a": answer(1)}, SPECS, stretch=["test_b"]).values())


def test_what_is_undone_of_stretch_is_named_by_itself():
    """Beside a mistake of core that is known, or where core is kept; else it may be the same."""
    known_ones = [known("one", a=1), known("undone", c=3)]
    undone = {"test_c": answer(3)}
    named = {"test_c": ["undone"]}
    assert names(recognise(known_ones, undone, SPECS, stretch=["test_c"])) == named
    both = {"test_a": answer(1), **undone}
    found = names(recognise(known_ones, both, SPECS, stretch=["test_c"]))
    assert found == {"test_a": ["one"], **named}
    unknown = {"test_a": answer(7), **undone}
    assert not any(recognise(known_ones, unknown, SPECS, stretch=["test_c"]).values())


RIGHT = "def f(x, y):\n    return x - y\n"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def f(a, b):\n    return b - a\n", ["turned"]),
        ("def f(a, b):\n    return a / b\n", ["divided"]),
        ("def f(a, b):\n    return complex(a, b)\n", ["turned", "divided"]),
        (RIGHT, []),
        ("def f(", ["turned", "divided"]),
        ("", ["turned", "divided"]),
    ],
)
def test_the_code_decides_between_mistakes_that_behave_the_same(code, found):
    """And none is named where the code is right; code that cannot be read decides nothing."""
    wrong = {"turned": "y - x", "divided": "x / y"}
    alike = [
        replace(known(name, a=1), traces=traces_of(RIGHT, RIGHT.replace("x - y", text), "f"))
        for name, text in wrong.items()
    ]
    assert names(recognise(alike, {"test_a": answer(1)}, SPECS, code=code)) == {"test_a": found}


def test_a_mistake_is_run_only_if_it_may_explain_how_a_submission_failed():
    """How it fails with other inputs is recorded: what holds there is not tried again."""
    asked = []
    slow = replace(HALVED, failure=lambda spec: asked.append(spec) or HALVED.failure(spec))
    narrowed = narrow(slow, known("halved", a=6, b=7))
    assert not any(recognise([narrowed], {"test_a": ["raised", "x", ""]}, SPECS).values())
    assert not any(recognise([narrowed], {"test_c": answer(3)}, SPECS).values())
    assert asked == []
    found = recognise([narrowed], {"test_a": answer(1), "test_b": answer(2)}, SPECS)
    assert names(found)["test_a"] == ["halved"]
    assert set(asked) == {"test_a", "test_b"}
    assert narrow(slow, None) is slow


def test_a_record_may_be_of_inputs_that_show_more_or_less():
    """A promise may break by the draw: what counts are the inputs at hand."""
    narrowed = narrow(HALVED, known("halved", a=6, c=7))
    found = names(recognise([narrowed], {"test_a": answer(1), "test_b": answer(2)}, SPECS))
    assert found == {"test_a": ["halved"], "test_b": ["halved"]}


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
