"""What pytest knows of a spec: where it is, its promise, its tier, its worth, what it may take."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader.course import Course, CourseError, Exercise, find_course
from grader.language import translate
from grader.verdict import Outcome, SpecVerdict, Tier
from grader.withheld import ANNOUNCED

if TYPE_CHECKING:
    from grader.diagnosis import Finding

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


class SpecFile(pytest.Module):
    """The hidden spec of an exercise, under the path of the learner's own file."""

    exercise: Exercise
    count = 0  # of all its specs, run or not
    withheld = 0  # points of the specs that were not handed out

    def _getobj(self) -> Any:
        spec: pytest.Module = pytest.Module.from_parent(self.parent, path=self.exercise.spec)
        self.withheld = getattr(spec.obj, ANNOUNCED, 0)
        return spec.obj

    def collect(self) -> Iterator[pytest.Item]:
        """Collect the specs; they are shown at the class or function that they check."""
        for item in super().collect():
            assert isinstance(item, pytest.Function)
            self.count += 1
            spec: SpecItem = SpecItem.from_parent(self, name=item.name, callobj=item.obj)
            seconds = budget_of(spec) or IN_PROCESS_TIMEOUT
            spec.add_marker(pytest.mark.timeout(seconds))
            yield spec


class SpecItem(pytest.Function):
    """One spec, located in the learner's own file."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where an editor should lead to, and under which heading a failure is shown."""
        return self.path, _line_of(self.path, self.name), promise_of(self)

    def repr_failure(self, *_: object) -> str:
        """Nothing: what is told in its place is found elsewhere, and a traceback takes long."""
        return ""


def _line_of(path: Path, spec_name: str) -> int:
    """The line, from 0, of the class or function that a spec's name mentions."""
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines()):
        keyword, _, rest = line.partition(" ")
        name = rest.split("(")[0].split(":")[0]
        if keyword in ("class", "def") and f"_{name}_" in f"{spec_name}_":
            return number
    return 0


@cache
def exercise_at(path: Path) -> Exercise | None:
    """The exercise whose stub or whose spec a file is."""
    if path.suffix != ".py":
        return None
    try:
        course = find_course(path)
        for exercise in course.exercises if course else ():
            if path in (exercise.stub, exercise.spec):
                _read_catalogues(exercise)
                return exercise
    except CourseError as error:
        raise pytest.Collector.CollectError(str(error)) from None
    return None


def _read_catalogues(exercise: Exercise) -> None:
    """Find out now whether one of them is faulty, and not amidst a report."""
    for folder in (exercise.spec.parent, exercise.mistakes.parent, exercise.stub.parents[1]):
        translate("", folder)


def exercise_of(item: pytest.Item) -> Exercise:
    """The exercise that a spec is about."""
    exercise = exercise_at(item.path)
    assert exercise is not None
    return exercise


def course_of(exercise: Exercise) -> Course:
    """The course that an exercise belongs to."""
    course = find_course(exercise.root)
    assert course is not None
    return course


def promise_of(item: pytest.Item) -> str:
    """What a spec promises, on one line, in the language that is spoken."""
    docstring = getattr(getattr(item, "obj", None), "__doc__", None) or item.name
    return translate(promise_in(docstring), exercise_of(item).spec.parent)


def promise_in(docstring: str) -> str:
    """The first paragraph of a spec's docstring."""
    return " ".join(docstring.split("\n\n")[0].split())


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
        message=without_addresses(finding.message) if finding else "",
        hints=finding.hints if finding else (),
        mistake=finding.mistake if finding else None,
        output=without_addresses(output),
    )


@cache
def _passed(item: pytest.Item) -> SpecVerdict:
    """What is the same in all verdicts on a spec."""
    return SpecVerdict(item.name, promise_of(item), tier_of(item), Outcome.PASSED, points_of(item))


def without_addresses(text: str) -> str:
    """Text in which an object's place in memory, another one in every run, is left out.

    Parameters
    ----------
    text : str
        What a submission said.

    Returns
    -------
    str
        The same in every run.
    """
    return re.sub(r"\b0x[0-9a-fA-F]{6,16}\b", "0x...", text)


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
