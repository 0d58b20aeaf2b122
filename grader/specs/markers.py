"""Reads the markers and docstrings of specs: promise, tier, points, budget and seed."""

import hashlib
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

from grader.course.course import Exercise
from grader.messages.explanation import changed
from grader.messages.language import translate
from grader.messages.message import Message, phrase
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier

if TYPE_CHECKING:
    from grader.verdicts.finding import Finding
from grader.course.spec_source import promise_in
from grader.specs.lookup import exercise_of
from grader.verdicts.finding import without_addresses

BUDGET = 120.0
"""Default of the marker ``budget``, in seconds."""

MARKERS = (
    "core(points=1): makes the exercise done, and scores",
    "stretch: earns a star, and never counts against the learner",
    "withheld: is not in the handout; learners see only its points",
    f"budget(seconds={BUDGET:g}): takes long, and has limits of its own",
    "rests_on(*specs): is not tried if one of these specs, which come before it, is broken",
)


IN_PROCESS_TIMEOUT = 5
"""Time limit of a spec in a learner's own pytest, in seconds."""


def promise_of(item: pytest.Item) -> str:
    """Return the promise of a spec on one line, in the current language."""
    return translate(described_by(item).text, exercise_of(item).spec.parent)


def tier_of(item: pytest.Item) -> Tier:
    """Return the tier of a spec; core is the default."""
    return Tier.STRETCH if item.get_closest_marker("stretch") else Tier.CORE


def points_of(item: pytest.Item) -> int:
    """Return the points of a spec: 0 for stretch, 1 by default for core."""
    mark = item.get_closest_marker("core")
    if tier_of(item) is Tier.STRETCH:
        return 0
    return int(mark.kwargs.get("points", 1)) if mark else 1


def budget_of(item: pytest.Item) -> float | None:
    """Return the time limit of a spec's own, in seconds; None if it has no budget marker."""
    mark = item.get_closest_marker("budget")
    return float(mark.args[0] if mark.args else BUDGET) if mark else None


def rests_on(item: pytest.Item) -> tuple[str, ...]:
    """Return the names of the specs without which a spec is not tried."""
    mark = item.get_closest_marker("rests_on")
    return mark.args if mark else ()


def described_by(item: pytest.Item) -> Message:
    """Return the promise of a spec as a message, to be translated where it is shown."""
    docstring = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return phrase(promise_in(docstring))


def verdict_of(item: pytest.Item, finding: "Finding | None", output: str = "") -> SpecVerdict:
    """Build the verdict on one spec.

    Parameters
    ----------
    item : pytest.Item
        The spec that was run.
    finding : Finding or None
        Why the spec did not pass; None if it passed.
    output : str, default ""
        What the submission printed during the spec.

    Returns
    -------
    SpecVerdict
        The verdict, with memory addresses removed from message and output.
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
        cause=finding.cause if finding else "",
        output=without_addresses(output),
    )


@cache
def _passed(item: pytest.Item) -> SpecVerdict:
    """Return the verdict on a spec that passed without output."""
    return SpecVerdict(item.name, promise_of(item), tier_of(item), Outcome.PASSED, points_of(item))


def seed_of(exercise: Exercise, purpose: str, secret: str) -> int:
    """Return a seed for hidden inputs, which is the same for all submissions.

    Parameters
    ----------
    exercise : Exercise
        The exercise whose name goes into the seed.
    purpose : str
        What the seed is for: the name of a spec, or any other text.
    secret : str
        The secret of the course, without which the seed cannot be computed.

    Returns
    -------
    int
        A hash of 64 bits, which does not reveal the seed for another purpose.
    """
    text = f"{secret}/{exercise.name}/{purpose}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
