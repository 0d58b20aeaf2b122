"""Markers and docstrings of specs."""

from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.course.settings import find_course
from grader.specs.markers import (
    BUDGET,
    budget_of,
    points_of,
    promise_of,
    seed_of,
    tier_of,
    verdict_of,
)
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome, Tier

ROOT = Path(__file__).parents[3]

AFFINE = find_course(ROOT).named("affine")


class Item:
    """Return the parts of a pytest item that markers and promises need."""

    def __init__(self, *marks, doc="It holds.", name="test_Affine_holds"):
        self.marks = {mark.name: mark for mark in marks}
        self.name = name
        self.path = AFFINE.spec
        self.obj = type("function", (), {"__doc__": doc})

    def get_closest_marker(self, name):
        return self.marks.get(name)


def mark(name, *args, **kwargs):
    return getattr(pytest.mark, name)(*args, **kwargs).mark


@pytest.mark.parametrize(
    ("marks", "tier", "points"),
    [
        ((mark("core"),), Tier.CORE, 1),
        ((mark("core", points=3),), Tier.CORE, 3),
        ((mark("stretch"),), Tier.STRETCH, 0),
        ((), Tier.CORE, 1),
    ],
)
def test_core_scores_and_stretch_does_not(marks, tier, points):
    """A spec without a mark counts as core."""
    assert tier_of(Item(*marks)) is tier
    assert points_of(Item(*marks)) == points


def test_only_a_spec_with_a_budget_has_limits_of_its_own():
    """The budget is in seconds, with a default."""
    assert budget_of(Item()) is None
    assert budget_of(Item(mark("budget", 30))) == 30
    assert budget_of(Item(mark("budget"))) == BUDGET


def test_a_promise_is_the_first_paragraph_on_one_line():
    """Its line breaks do not matter; without a docstring it is the name."""
    assert promise_of(Item(doc="It holds\n    for all.\n\n    Details.")) == "It holds for all."
    assert promise_of(Item(doc=None)) == "test_Affine_holds"


def test_a_seed_depends_on_secret_exercise_and_spec():
    """It is the same for all submissions, and does not reveal another seed."""
    exercises = Exercise(Path("a"), "01_one"), Exercise(Path("a"), "02_two")
    seeds = {
        (exercise, purpose, secret): seed_of(exercise, purpose, secret)
        for exercise in exercises
        for purpose in ("test_one", "test_other")
        for secret in ("secret", "other")
    }
    assert len(set(seeds.values())) == 8
    assert all(seed == seed_of(*parts) for parts, seed in seeds.items())
    assert all(0 <= seed < 2**64 for seed in seeds.values())


def test_a_verdict_says_what_was_found():
    """A spec that passed has no finding."""
    passed = verdict_of(Item(mark("core", points=2)), None)
    assert (passed.outcome, passed.points, passed.message) == (Outcome.PASSED, 2, "")
    failed = verdict_of(Item(mark("core", points=2)), Finding(Outcome.FAILED, "why"), "printed")
    assert (failed.points, failed.max_points) == (0, 2)
    assert (failed.message, failed.output) == ("why", "printed")
