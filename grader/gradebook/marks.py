"""Decisions on marks: marks set by hand, publication, arrival, lateness, and what counts.

A decision never changes a verdict.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Text
from grader.verdicts.verdict import ExerciseVerdict, Verdict

WHOLE = ""
"""Used in place of an exercise's name to refer to the whole submission."""


@dataclass(frozen=True)
class ManualMark:
    """Points, an excuse or a comment set by an instructor.

    On each exercise, the last mark that decides its points counts, and the last one with a comment
    only.

    Attributes
    ----------
    name : str
        Name of the submission.
    exercise : str
        Name of the exercise; `WHOLE` for a comment on the whole submission, or an excuse from it.
    points : float or None
        Points for the exercise, in halves; None for an excuse, or a comment only.
    comment : str
        Comment that the learner reads.
    reason : str
        Reason that only instructors read.
    by : str
        Who set the mark.
    beneath : str
        Digest of the verdict on which the mark was set, see `beneath`.
    withdrawn : bool
        Whether this withdraws all earlier marks on the exercise, and sets none.
    at : str
        When the mark was set.
    excused : bool, default False
        Whether the exercise does not count for the learner, neither for nor against.
    """

    name: str
    exercise: str
    points: float | None
    comment: str
    reason: str
    by: str
    beneath: str
    withdrawn: bool
    at: str
    excused: bool = False

    @property
    def decides(self) -> bool:
        """Whether this decides the points, and is no mere comment."""
        return self.excused or self.points is not None


@dataclass(frozen=True)
class Publication:
    """The publication of a learner's marks as they were at that time.

    Attributes
    ----------
    name : str
        Name of the submission.
    digest : str
        Digest of the published marks, see `digest_of`.
    by : str
        Who published them.
    at : str
        When they were published.
    """

    name: str
    digest: str
    by: str
    at: str


@dataclass(frozen=True)
class Arrival:
    """When a submission arrived. The same files that are handed in again arrive once more.

    Attributes
    ----------
    name : str
        Name of the submission.
    submission : str
        Hash of the submission.
    handed_in : str
        The time in ISO 8601; without an offset from UTC, a local time of the course.
    at : str
        When this was recorded.
    """

    name: str
    submission: str
    handed_in: str
    at: str


@dataclass(frozen=True)
class Lateness:
    """How late an exercise was handed in, and what the late policy takes off for it.

    Attributes
    ----------
    name : str
        Name of the submission.
    submission : str
        Hash of the submission.
    exercise : str
        Name of the exercise.
    percent : int
        Percentage of the points taken off, 0 to 100; 0 also revokes an earlier deduction.
    reason : str or Message
        In words: ``26 h late, 2 days begun: 20% off``.
    at : str
        When this was recorded.
    """

    name: str
    submission: str
    exercise: str
    percent: int
    reason: Text
    at: str


@dataclass(frozen=True)
class Attempt:
    """Which of several attempts of a learner counts.

    Attributes
    ----------
    name : str
        Name of the submission.
    submission : str
        Hash of the attempt that counts.
    at : str
        When this was recorded.
    """

    name: str
    submission: str
    at: str


def beneath(verdict: Verdict, exercise: str) -> str:
    """Return a digest of the verdict on which a mark is set.

    Parameters
    ----------
    verdict : Verdict
        The verdict on the submission.
    exercise : str
        The exercise whose specs are included; `WHOLE` for all exercises.

    Returns
    -------
    str
        Changes if the submission or the outcome of a spec changes.
    """
    chosen = [one for one in verdict.exercises if exercise in (WHOLE, one.name)]
    specs = [[s.name, s.outcome.value, s.max_points] for one in chosen for s in one.specs]
    return _digest([verdict.submission, specs])


def deciding(exercise: str, marks: Iterable[ManualMark]) -> ManualMark | None:
    """Return the mark set by hand that decides the points of an exercise, if there is one.

    Parameters
    ----------
    exercise : str
        Name of the exercise.
    marks : iterable of ManualMark
        The marks set by hand on the submission that count.
    """
    found = {one.exercise: one for one in marks if one.decides}
    return found.get(exercise, found.get(WHOLE))


def whole(points: float) -> float:
    """Return points as an int if they are whole, so that 8 is not written as 8.0."""
    return int(points) if points == int(points) else points


def points_of(
    exercise: ExerciseVerdict, marks: Iterable[ManualMark], late: Iterable[Lateness] = ()
) -> float:
    """Return the points of an exercise: those set by hand, or else those found, less lateness.

    There are none for an exercise that the learner is excused from.

    Parameters
    ----------
    exercise : ExerciseVerdict
        The verdict on the exercise.
    marks : iterable of ManualMark
        The marks set by hand on the submission that count.
    late : iterable of Lateness, default ()
        Lateness of the submission, which does not reduce points set by hand.
    """
    mark = deciding(exercise.name, marks)
    if mark is not None:
        return mark.points or 0
    percent = sum(one.percent for one in late if one.exercise == exercise.name)
    return lowered(exercise.points_that_count, percent)


def lowered(points: int, percent: int) -> int:
    """Return points after a deduction, rounded up in the learner's favour.

    Parameters
    ----------
    points : int
        Points before the deduction.
    percent : int
        Percentage taken off, 0 to 100.
    """
    return points - points * percent // 100


def digest_of(verdict: Verdict, marks: Sequence[ManualMark], late: Sequence[Lateness] = ()) -> str:
    """Return a digest of the marks that a learner reads.

    Parameters
    ----------
    verdict : Verdict
        The verdict on the submission.
    marks : sequence of ManualMark
        The marks set by hand on the submission that count.
    late : sequence of Lateness, default ()
        Lateness of the submission.

    Returns
    -------
    str
        Changes if the submission, the points of an exercise, the outcome of a spec or a comment
        changes.
    """
    excused = {one.exercise for one in marks if one.excused}
    points = [[one.name, points_of(one, marks, late), one.max_points] for one in verdict.exercises]
    points += [[name, "excused"] for name in sorted(excused)]
    comments = sorted([one.exercise, one.comment] for one in marks if one.comment)
    return _digest([beneath(verdict, WHOLE), points, comments])


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
