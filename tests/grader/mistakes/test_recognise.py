"""A submission that fails as a known mistake does."""

from dataclasses import replace

import pytest
from known_mistakes import HALVED, SPECS, SWAPPED, answer, known

from grader.mistakes.known_failures import narrow
from grader.mistakes.recognise import recognise
from grader.mistakes.traces import traces_of


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


def test_two_mistakes_that_only_raise_are_not_found():
    """Seen in 13: the whole batch in one row, and "predict stops early" named for an exception.

    One mistake in code of another style may raise two exceptions, each like one of the catalogue.
    """
    raised = ["raised", "ValueError", "sizes", "3", "5"]
    one, other = known("one", a=1), known("other", b=2)
    raising = replace(other, failure={"test_b": raised}.get)
    failures = {"test_a": answer(1), "test_b": raised}
    assert not any(recognise([one, raising], failures, SPECS).values())
    assert any(recognise([one, other], {**failures, "test_b": answer(2)}, SPECS).values())


USERS = """
def f(x):
    return {}


def helper(x):
    return f(x) + 1


def g(x):
    return helper(x) * 2


def h(x):
    return x
"""


@pytest.mark.parametrize(
    ("spec", "found"), [("test_g_doubles", ["wrong"]), ("test_h_returns_x", [])]
)
def test_how_other_code_of_the_learner_fails_by_a_wrong_function_is_not_compared(spec, found):
    """If it uses that function; what else broke needs an explanation of its own."""
    wrong = replace(known("wrong"), place="f", failure={"test_f_returns_1": answer(1)}.get)
    failures = {"test_f_returns_1": answer(1), spec: ["raised", "TypeError", "as in no reference"]}
    recognised = names(recognise([wrong], failures, list(failures), code=USERS))
    assert recognised == {"test_f_returns_1": found, spec: []}
    other = replace(known("other"), place=spec[5], failure={spec: answer(2)}.get)
    failures[spec] = answer(2)
    recognised = names(recognise([wrong, other], failures, list(failures), code=USERS))
    assert recognised[spec] == ([] if found else ["other"])


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


def with_traces(mistake, text):
    """The mistake that is in the code if this text is there."""
    return replace(mistake, traces=traces_of(RIGHT, RIGHT.replace("x - y", text), "f"))


def test_what_is_undone_of_stretch_to_the_letter_is_named_though_core_breaks_it_too():
    """Seen in 10 and 12: the mistake of core was named where another one showed."""
    core, other = known("core", a=1, c=2), with_traces(known("undone", c=3), "y - x")
    failures = {"test_a": answer(1), "test_c": answer(3)}
    code = "def f(a, b):\n    return b - a\n"
    for in_code, there in (("", "core"), (code, "undone")):
        found = names(recognise([core, other], failures, SPECS, stretch=["test_c"], code=in_code))
        assert found == {"test_a": ["core"], "test_c": [there]}
    mixed = {**failures, "test_c": answer(4)}  # the value depends on the mistake of core
    found = names(recognise([core, other], mixed, SPECS, stretch=["test_c"], code=code))
    assert found["test_c"] == ["undone"]


@pytest.mark.parametrize(
    ("code", "found"),
    [("def f(a, b):\n    return b - a\n", ["turned"]), ("def f(a, b):\n    return 0\n", [])],
    ids=["to the letter", "in another way"],
)
def test_why_something_is_not_there_is_known_from_the_code_only(code, found):
    """Seen in 03: "a minus where db should be assigned", where `self.db + ...` came first.

    A mistake that only leaves a line out says no more than that.
    """
    unset = {"test_a": ["unset", "Affine.db"]}
    turned = with_traces(replace(known("turned"), failure=unset.get), "y - x")
    assert names(recognise([turned], unset, SPECS, code=code)) == {"test_a": found}
    forgotten = replace(known("forgotten"), failure=unset.get)
    assert names(recognise([forgotten], unset, SPECS, code=code)) == {"test_a": ["forgotten"]}
    both = {**unset, "test_b": answer(2)}
    other = known("other", b=2)
    assert any(recognise([forgotten, other], both, SPECS, code=code).values())
    assert any(recognise([turned, other], both, SPECS, code=code).values()) is bool(found)


IN_F = "def f(a, b):\n    return b - a\n"


def test_of_two_mistakes_in_one_function_none_is_named_if_the_code_has_none_to_the_letter():
    """Seen in 10: "forward scales, and backward does not" beside an inverted mask of backward."""
    failures = {"test_a": answer(1), "test_b": answer(2)}
    one, other = known("one", a=1), known("other", b=2)
    assert any(recognise([one, other], failures, SPECS).values())
    alike = replace(other, place=one.place)
    assert not any(recognise([one, alike], failures, SPECS, code=IN_F).values())
    literal = replace(with_traces(one, "y - x"), place=one.place)
    assert any(recognise([literal, alike], failures, SPECS, code=IN_F).values())


def test_what_behaves_alike_is_in_doubt_where_the_code_has_another_mistake():
    """Seen in 10: "forward scales, and backward does not", where backward scales too often."""
    literal = replace(with_traces(known("literal", a=2), "y - x"), place="f")
    alike = replace(known("alike", a=1), place="f")
    failures = {"test_a": answer(1)}
    assert names(recognise([literal, alike], failures, ["test_a"], code=RIGHT)) == {
        "test_a": ["alike"]
    }
    assert not any(recognise([literal, alike], failures, ["test_a"], code=IN_F).values())


OWN = "class Layer:\n    pass\n\n\ndef f(x, y):\n    return {}\n"


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("", "f"),
        ("def f(x, y):\n    return 0\n", "f"),
        ("def renamed(x, y):\n    return 0\n", ""),
        (OWN.format("Layer()"), ""),
        (OWN.format("0"), "f"),
        (OWN.format("(y - x, Layer())"), "f"),
    ],
    ids=["unknown", "there", "not there", "own layer", "own class elsewhere", "to the letter"],
)
def test_a_place_is_told_only_if_it_must_be_there(code, place):
    """Seen in 13: "in Flatten.forward" for a function, and for a layer of the learner's own."""
    wrong = replace(with_traces(known("wrong", a=1), "y - x"), place="f")
    (found,) = recognise([wrong], {"test_a": answer(1)}, ["test_a"], code=code)["test_a"]
    assert found.place == place


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
    alike = [with_traces(known(name, a=1), text) for name, text in wrong.items()]
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
