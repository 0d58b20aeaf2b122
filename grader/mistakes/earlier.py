"""The earlier exercise that a learner has to look at first, and what fails without it, too."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from grader.course.course import Course, Exercise
from grader.course.dependencies import imported_by
from grader.mistakes.diagnosis import diagnose
from grader.mistakes.fingerprint import alike, fingerprint_of
from grader.specs.lookup import exercise_of
from grader.verdicts.finding import Finding
from grader.verdicts.origin import Again, located
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

Ends = Sequence[tuple[pytest.Item, BaseException | None]]
"""Specs that were run, each with the exception that ended it."""

DUE_TO_OTHERS = (Outcome.FAILED, Outcome.TIMED_OUT, Outcome.CRASHED)
"""Outcomes of specs that are run again on the reference."""


@dataclass(frozen=True)
class Ground:
    """What an exercise stands on, if that is not firm.

    Attributes
    ----------
    earlier : str
        Name of the first exercise that is not done, of those that the learner's code imports.
    firm : dict of str to Source
        The submission with the reference in the place of all that the exercise builds on; empty if
        there is no reference.
    """

    earlier: str
    firm: Mapping[str, Source]


FindGround = Callable[[], Ground | None]


def no_ground() -> None:
    """Find nothing: every failure is the exercise's own."""


def first_undone(
    exercise: Exercise,
    course: Course,
    modules: Mapping[str, Source],
    is_done: Callable[[Exercise], bool],
) -> str:
    """Return the name of the first exercise that another builds on and that is not done.

    Parameters
    ----------
    exercise : Exercise
        The exercise that builds on others.
    course, modules
        Arguments of `imported_by`.
    is_done : callable
        Returns whether all of core passed; called for as few exercises as possible.

    Returns
    -------
    str
        Empty if all are done.
    """
    earlier = imported_by(exercise, course, modules)
    return next((one.name for one in earlier if not is_done(one)), "")


def located_findings(
    ends: Ends,
    found: Mapping[str, Finding],
    earlier: str,
    again: Mapping[str, BaseException | None],
    course: Course,
) -> dict[str, Finding]:
    """Say of each spec that did not pass what is due to an earlier exercise.

    Parameters
    ----------
    ends : sequence of (pytest.Item, BaseException or None)
        How the specs ended with the learner's own earlier exercises.
    found : mapping of str to Finding
        Findings on the specs that did not pass, by name of the spec.
    earlier : str
        Result of `first_undone`.
    again : mapping of str to BaseException or None
        How they ended on the reference, as far as they were run there.
    course : Course
        Course of the specs.

    Returns
    -------
    dict of str to Finding
        As `grader.verdicts.origin.located` returns them.
    """

    def retried(item: pytest.Item, error: BaseException) -> Again | None:
        if item.name not in again:
            return None
        there = again[item.name]
        if there is None:
            return Again(Outcome.PASSED)
        finding = diagnose(there, exercise_of(item), course)
        if finding.outcome is Outcome.GRADER_ERROR:
            return None
        return Again(finding.outcome, _is_alike(error, there, found[item.name], finding))

    return {
        item.name: located(found[item.name], earlier, retried(item, error))
        for item, error in ends
        if error is not None
    }


def _is_alike(own: BaseException, there: BaseException, found: Finding, finding: Finding) -> bool:
    """Return whether a spec ended in the same way with the learner's code and on the reference."""
    one, other = fingerprint_of(own), fingerprint_of(there)
    if one is None and other is None:
        failed = found.outcome is Outcome.FAILED
        same = not failed or found.message == finding.message
        return found.outcome is finding.outcome and same
    return alike(one, other)
