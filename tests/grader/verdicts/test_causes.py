"""One mistake is one cause: promises that are broken for the same reason, told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.messages.explanation import explain
from grader.messages.language import speaking
from grader.verdicts.causes import causes_of
from grader.verdicts.finding import resting_on
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier

VALUES = explain(("returned", "1"), ("expected", "2"))


def spec(name, message=VALUES, outcome=Outcome.FAILED, tier=Tier.CORE, **more):
    return SpecVerdict(name, f"{name} holds", tier, outcome, 1, message, **more)


def grouped(*specs):
    return [[one.name for one in cause.specs] for cause in causes_of(specs)]


def test_a_known_mistake_is_one_cause():
    """However many promises it breaks, and whatever each of them shows."""
    raised = explain(("raised", "ValueError: no"))
    specs = (spec("a", mistake="m"), spec("b"), spec("c", raised, mistake="m"))
    assert grouped(*specs) == [["a", "c"], ["b"]]


def test_two_mistakes_are_two_causes():
    """Even where both are at the same line."""
    same = {"cause": "TypeError at ex.py:1"}
    specs = (spec("a", mistake="m", **same), spec("b", mistake="n", **same))
    assert grouped(*specs) == [["a"], ["b"]]


def test_what_may_be_one_of_several_mistakes_is_explained_by_as_few_as_possible():
    """The first promise is told with the hints of the one that leaves the fewest open."""
    specs = (
        spec("a", mistake="m, n", hints=("m or n",)),
        spec("b", mistake="k"),
        spec("c", mistake="n", hints=("n",)),
        spec("d", mistake="n, o"),
    )
    assert grouped(*specs) == [["a", "c", "d"], ["b"]]
    first = causes_of(specs)[0].first
    assert (first.mistake, first.hints) == ("n", ("n",))


def test_the_same_exception_at_the_same_line_is_one_cause():
    """Also where a known mistake explains only some of it."""
    here, there = {"cause": "TypeError at ex.py:1"}, {"cause": "TypeError at ex.py:2"}
    specs = (spec("a", **there), spec("b", mistake="m", **here), spec("c", **here))
    assert grouped(*specs) == [["a"], ["b", "c"]]
    assert [cause.is_known for cause in causes_of(specs)] == [True, True]


def test_wrong_values_that_only_look_alike_are_told_apart():
    """Nothing says that they have one cause."""
    other = explain(("returned", "3"), ("expected", "4"))
    assert grouped(spec("a"), spec("b", other)) == [["a"], ["b"]]


def test_what_says_the_same_is_told_once_and_not_called_the_same_reason():
    """As "kept with the inputs of your own pytest, but broken with other inputs"."""
    (cause,) = causes_of((spec("a"), spec("b")))
    assert not cause.is_known
    assert cause.tell_others() == "The same is told of 1 more promise:"


def test_what_was_not_tried_follows_from_what_it_rests_on():
    """It never comes first."""
    specs = (
        spec("late", "not tried", cause=resting_on("early")),
        spec("early"),
        spec("later", "not tried", cause=resting_on("early")),
    )
    assert grouped(*specs) == [["early", "late", "later"]]


def test_what_to_look_at_first_comes_first():
    """Core, then stretch; broken, then unwritten; what is known of, then values alone."""
    specs = (
        spec("stretch", tier=Tier.STRETCH, mistake="s"),
        spec("unwritten", "f: to be written", Outcome.NOT_STARTED),
        spec("values"),
        spec("kept", "", Outcome.PASSED),
        spec("raises", cause="ValueError at ex.py:1"),
        spec("named", mistake="m"),
        spec("slow", "stopped", Outcome.TIMED_OUT),
    )
    order = [["raises"], ["named"], ["slow"], ["values"], ["unwritten"], ["stretch"]]
    assert grouped(*specs) == order


def test_the_first_of_a_cause_is_of_core_if_any_is():
    """A star is not what to begin with."""
    specs = (spec("a", tier=Tier.STRETCH, mistake="m"), spec("b", mistake="m"))
    assert grouped(*specs) == [["b", "a"]]


@pytest.mark.parametrize(
    ("count", "english", "chinese"),
    [
        (0, "", ""),
        (1, "1 more promise breaks for the same reason:", "另有1项要求因同一原因未满足："),
        (5, "5 more promises break for the same reason:", "另有5项要求因同一原因未满足："),
    ],
)
def test_the_others_are_counted_in_words(count, english, chinese):
    """In the language that is spoken."""
    (cause,) = causes_of([spec(f"{n}", mistake="m") for n in range(count + 1)])
    assert cause.tell_others() == english
    with speaking("zh-CN"):
        assert cause.tell_others() == chinese


_SPECS = st.lists(
    st.builds(
        SpecVerdict,
        name=st.sampled_from([f"test_{n}" for n in range(9)]),
        promise=st.just("It holds."),
        tier=st.sampled_from(Tier),
        outcome=st.sampled_from(Outcome),
        max_points=st.just(1),
        message=st.sampled_from(["", "a", "b", VALUES]),
        mistake=st.sampled_from([None, "m", "n", "m, n", ""]),
        cause=st.sampled_from(["", "x", "y", resting_on("test_1"), resting_on("test_2")]),
    ),
    unique_by=lambda one: one.name,
)


@given(_SPECS)
def test_every_broken_promise_has_one_cause(specs):
    """None is lost, and none is told twice."""
    told = [one for cause in causes_of(specs) for one in cause.specs]
    broken = [one for one in specs if not one.passed]
    assert sorted(one.name for one in told) == sorted(one.name for one in broken)
