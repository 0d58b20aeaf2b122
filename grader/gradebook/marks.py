"""What is done to marks: people set them by hand and publish them; the late policy lowers them.

None of it touches a verdict, which is what the judge found.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grader.messages.message import Text
from grader.verdicts.verdict import ExerciseVerdict, Verdict

WHOLE = ""
"""Stands for the whole submission, where the name of an exercise is expected."""


@dataclass(frozen=True)
class ManualMark:
    """What somebody has set by hand.

    On an exercise the last one with points holds, and the last one with a comment only.

    Attributes
    ----------
    name : str
        On whose submission.
    exercise : str
        On which exercise; `WHOLE` for a comment on all of it.
    points : int or None
        What the exercise is to score. None for a comment only.
    comment : str
        What the learner is told.
    reason : str
        What only instructors are told.
    by : str
        Who set it.
    beneath : str
        A digest of what the judge had found then.
    withdrawn : bool
        Whether it takes back all that was set on the exercise before, and sets nothing.
    at : str
        When it was set.
    """

    name: str
    exercise: str
    points: int | None
    comment: str
    reason: str
    by: str
    beneath: str
    withdrawn: bool
    at: str


@dataclass(frozen=True)
class Publication:
    """That somebody's marks, as they stood at that time, are what she is told.

    Attributes
    ----------
    name : str
        Whose.
    digest : str
        Of these marks: of another state of them it is another one.
    by : str
        Who published them.
    at : str
        When.
    """

    name: str
    digest: str
    by: str
    at: str


@dataclass(frozen=True)
class Lateness:
    """That an exercise was handed in late, and what the policy of the course takes off for that.

    Attributes
    ----------
    name : str
        By whom.
    submission : str
        The hash of what was handed in.
    exercise : str
        On which exercise.
    percent : int
        Of what it scores, so much does not count; 0 if nothing is taken off any more.
    reason : str or Message
        In words: ``26 h late, 2 days begun: 20% off``.
    at : str
        When that was written down.
    """

    name: str
    submission: str
    exercise: str
    percent: int
    reason: Text
    at: str


@dataclass(frozen=True)
class Attempt:
    """Which of several submissions of somebody counts.

    Attributes
    ----------
    name : str
        Whose.
    submission : str
        The hash of the one that does.
    at : str
        When that was written down.
    """

    name: str
    submission: str
    at: str


Decision = ManualMark | Publication | Lateness | Attempt
"""What a line of a journal may say about somebody, beside a verdict."""


def beneath(verdict: Verdict, exercise: str) -> str:
    """A digest of what the judge found, on which a mark is set.

    Parameters
    ----------
    verdict : Verdict
        The verdict.
    exercise : str
        On which exercise; `WHOLE` for all of them.

    Returns
    -------
    str
        Another one if something else was handed in, or if a spec came out differently.
    """
    chosen = [one for one in verdict.exercises if exercise in (WHOLE, one.name)]
    specs = [[s.name, s.outcome.value, s.max_points] for one in chosen for s in one.specs]
    return _digest([verdict.submission, specs])


def points_of(
    exercise: ExerciseVerdict, marks: Iterable[ManualMark], late: Iterable[Lateness] = ()
) -> int:
    """What an exercise scores: what was set by hand, or else what was found, less what is late.

    Parameters
    ----------
    exercise : ExerciseVerdict
        The verdict on it.
    marks : iterable of ManualMark
        Those that hold on the submission.
    late : iterable of Lateness, default ()
        What is late of it.
    """
    for mark in marks:
        if mark.exercise == exercise.name and mark.points is not None:
            return mark.points
    percent = sum(one.percent for one in late if one.exercise == exercise.name)
    return lowered(exercise.points_that_count, percent)


def lowered(points: int, percent: int) -> int:
    """Points less a part of them, rounded in favour of who scores them.

    Parameters
    ----------
    points : int
        What was scored.
    percent : int
        What is taken off, 0 to 100.
    """
    return points - points * percent // 100


def digest_of(verdict: Verdict, marks: Sequence[ManualMark], late: Sequence[Lateness] = ()) -> str:
    """A digest of the marks that somebody is told.

    Parameters
    ----------
    verdict : Verdict
        The verdict on her submission.
    marks : sequence of ManualMark
        Those that hold on it.
    late : sequence of Lateness, default ()
        What is late of it.

    Returns
    -------
    str
        Another one if she handed in something else, an exercise scores something else, or a spec
        of it came out differently, or a comment is another one.
    """
    points = [[one.name, points_of(one, marks, late), one.max_points] for one in verdict.exercises]
    comments = sorted([one.exercise, one.comment] for one in marks if one.comment)
    return _digest([beneath(verdict, WHOLE), points, comments])


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]
