"""What follows from the outcomes of specs: points, done, whose fault."""

import ast
import dataclasses
import sys
from pathlib import Path

import pytest

from grader.verdicts import verdict
from grader.verdicts.verdict import Conditions, ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict

CONDITIONS = Conditions("v1", "s1", "3.11.4", "2.0.0", {"call_seconds": 2.0}, ("landlock",))
NOT_PASSED = [outcome for outcome in Outcome if outcome is not Outcome.PASSED]


def spec(outcome=Outcome.PASSED, tier=Tier.CORE, points=1, name="test_a"):
    """A spec's verdict with nothing to say."""
    return SpecVerdict(name, "It works.", tier, outcome, points)


def exercise(*specs, name="01_a"):
    """The verdict on an exercise."""
    return ExerciseVerdict(name, specs)


def verdict_of(*exercises):
    """The verdict on Ann's submission."""
    return Verdict("ann", exercises, "0123", CONDITIONS)


def test_the_outcomes_are_those_that_readers_of_a_gradebook_know():
    """Their names are part of the format: nobody adds or renames one by accident."""
    assert {str(outcome) for outcome in Outcome} == {
        "PASSED",
        "FAILED",
        "NOT_STARTED",
        "BLOCKED",
        "TIMED_OUT",
        "CRASHED",
        "GRADER_ERROR",
    }


def test_a_passed_spec_scores_its_points():
    """All of them."""
    assert spec(points=3).passed
    assert spec(points=3).points == 3


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_only_passed_scores(outcome):
    """No other outcome is a pass, or worth a point."""
    assert not spec(outcome, points=3).passed
    assert spec(outcome, points=3).points == 0
    assert spec(outcome, points=3).max_points == 3


def test_points_add_up_over_specs_and_exercises():
    """The score and what could be scored are sums."""
    one = exercise(spec(points=2), spec(Outcome.FAILED, points=3))
    other = exercise(spec(points=4))
    total = verdict_of(one, other)
    assert (one.points, one.max_points) == (2, 5)
    assert (total.points, total.max_points) == (6, 9)


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_one_core_spec_that_did_not_pass_leaves_the_exercise_open(outcome):
    """An exercise is done when all of core passed."""
    assert exercise(spec(), spec()).done
    assert not exercise(spec(), spec(outcome)).done
    assert not verdict_of(exercise(spec()), exercise(spec(outcome))).done


@pytest.mark.parametrize("outcome", NOT_PASSED)
def test_stretch_is_never_held_against_anybody(outcome):
    """A stretch spec that did not pass leaves the exercise done."""
    assert exercise(spec(), spec(outcome, Tier.STRETCH, 0)).done


def test_an_exercise_without_a_verdict_is_not_done():
    """What is missing is no pass."""
    assert not exercise().done
    assert not verdict_of(exercise(spec()), exercise()).done


def test_specs_are_told_apart_by_tier_in_their_order():
    """`of` keeps the order of the spec file."""
    a, b, c = spec(name="a"), spec(tier=Tier.STRETCH, name="b"), spec(name="c")
    assert exercise(a, b, c).of(Tier.CORE) == (a, c)
    assert exercise(a, b, c).of(Tier.STRETCH) == (b,)


@pytest.mark.parametrize("tier", Tier)
def test_a_fault_of_ours_is_told_apart(tier):
    """One GRADER_ERROR anywhere shows on the verdict; other failures do not."""
    ours = exercise(spec(), spec(Outcome.GRADER_ERROR, tier))
    theirs = exercise(*map(spec, NOT_PASSED[:-1]))
    assert verdict_of(exercise(spec()), ours).has_grader_error
    assert not verdict_of(theirs).has_grader_error


@pytest.mark.parametrize(
    "value",
    [spec(), exercise(spec()), verdict_of()],
)
def test_a_verdict_is_final(value):
    """Nobody changes a verdict once it was given; equal ones are equal."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        value.name = "other"
    assert value == dataclasses.replace(value)
    assert hash(value) == hash(dataclasses.replace(value))


def test_under_other_conditions_it_is_another_verdict():
    """What was judged, and under what, belongs to it; nothing of it is left out of a comparison."""
    one = verdict_of(exercise(spec()))
    assert one == verdict_of(exercise(spec()))
    for changes in (
        {"submission": "4567"},
        {"conditions": dataclasses.replace(CONDITIONS, seed="s2")},
        {"conditions": dataclasses.replace(CONDITIONS, limits={"call_seconds": 3.0})},
        {"notes": ("layers.py was taken for a.py",)},
    ):
        assert one != dataclasses.replace(one, **changes)


def test_it_imports_nothing_of_ours():
    """Everybody may import verdict, so it imports only the texts, which are below everything."""
    tree = ast.parse(Path(verdict.__file__).read_text("utf-8"))
    imported = {
        name if name.startswith("grader.messages.") else name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    texts = {f"grader.messages.{name}" for name in ("language", "wrapping", "message")}
    texts.add("grader.messages.explanation")
    assert imported <= texts | sys.stdlib_module_names


# Hints

HELP = ("Which of the two sizes should vanish? " * 5).strip(), "db averaged, in Affine.backward"
FAILED = SpecVerdict(
    "a", "It sums.", Tier.CORE, Outcome.FAILED, 1, "differs   1 instead of 2", hints=HELP
)


def test_help_is_told_in_steps_below_what_differs():
    """Up to the given step, and all of it by default."""
    message, *hint, mistake = FAILED.told().splitlines()
    assert message == FAILED.message == FAILED.told(0)
    assert mistake == "mistake   db averaged, in Affine.backward"
    assert FAILED.told(1).splitlines() == [message, *hint]
    assert hint[0].startswith("hint      Which")


def test_a_long_hint_is_laid_out_like_the_rest():
    """No line is too long, and what follows stands below the first word."""
    _, _, *rest = FAILED.told(1).splitlines()
    assert len(rest) >= 2
    assert all(line.startswith(" " * 10) and line[10] != " " for line in rest)
    assert max(map(len, FAILED.told().splitlines())) <= verdict.WIDTH


def test_where_nothing_is_known_the_message_is_all():
    """And a spec that passed tells nothing."""
    assert dataclasses.replace(FAILED, hints=()).told() == FAILED.message
    assert spec().told() == ""
