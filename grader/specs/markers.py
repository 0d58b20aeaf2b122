"""What the markers and the docstring of a spec say: promise, tier, points, budget, seed."""

import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from grader.course.course import Exercise
from grader.messages.explanation import changed
from grader.messages.language import translate
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier

if TYPE_CHECKING:
    from grader.verdicts.finding import Finding
from grader.course.spec_source import promise_in
from grader.specs.lookup import exercise_of
from grader.verdicts.finding import without_addresses

BUDGET = 120.0
"""Seconds for a spec with the marker ``budget`` that names none."""

MARKERS = (
    "core(points=1): makes the exercise done, and scores",
    "stretch: earns a star, and is never held against anybody",
    "withheld: is not handed out to learners, who are told of its points only",
    f"budget(seconds={BUDGET:g}): takes long, and has limits of its own",
)


IN_PROCESS_TIMEOUT = 5
"""Seconds that one spec may take in a learner's own pytest."""


def promise_of(item: pytest.Item) -> str:
    """What a spec promises, on one line, in the language that is spoken."""
    docstring = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return translate(promise_in(docstring), exercise_of(item).spec.parent)


def tier_of(item: pytest.Item) -> Tier:
    """Whether a spec is core or stretch."""
    return Tier.STRETCH if item.get_closest_marker("stretch") else Tier.CORE


def points_of(item: pytest.Item) -> int:
    """What a spec is worth."""
    mark = item.get_closest_marker("core")
    if tier_of(item) is Tier.STRETCH:
        return 0
    return int(mark.kwargs.get("points", 1)) if mark else 1


def budget_of(item: pytest.Item) -> float | None:
    """The seconds that a spec may take in all, if it has limits of its own."""
    mark = item.get_closest_marker("budget")
    return float(mark.args[0] if mark.args else BUDGET) if mark else None


def verdict_of(item: pytest.Item, finding: "Finding | None", output: str = "") -> SpecVerdict:
    """The verdict on one spec.

    Parameters
    ----------
    item : pytest.Item
        The spec.
    finding : Finding or None
        Why it did not pass, or None if it did.
    output : str, default ""
        What the submission printed meanwhile.

    Returns
    -------
    SpecVerdict
        The verdict.
    """
    passed = _passed(item)
    if finding is None and not output:
        return passed
    return replace(
        passed,
        outcome=finding.outcome if finding else Outcome.PASSED,
        message=changed(finding.message, without_addresses) if finding else "",
        hints=finding.hints if finding else (),
        mistake=finding.mistake if finding else None,
        output=without_addresses(output),
    )


@cache
def _passed(item: pytest.Item) -> SpecVerdict:
    """What is the same in all verdicts on a spec."""
    return SpecVerdict(item.name, promise_of(item), tier_of(item), Outcome.PASSED, points_of(item))


def seed_of(exercise: Exercise, purpose: str, secret: str) -> int:
    """A seed of hidden inputs: the same for everybody, and unknown without the secret.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    purpose : str
        What is drawn with it: the name of a spec, or another word.
    secret : str
        The course's.

    Returns
    -------
    int
        64 bits, from which nobody learns the seed for another purpose.
    """
    text = f"{secret}/{exercise.name}/{purpose}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
