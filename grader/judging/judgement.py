"""Configuration of a judge, and the judging of one submission in this process."""

import gc
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from grader.course.course import Course, FollowThrough
from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.submissions.submission import Submission
from grader.verdicts.conditions import conditions_of
from grader.verdicts.verdict import Conditions, Outcome, Verdict

if TYPE_CHECKING:
    from grader.judging.judge import Judge


GARBAGE = 20_000
"""Objects between two searches for cycles of garbage. By default there are some in each judgement,
of which hardly any finds one."""


@dataclass(frozen=True)
class JudgeConfig:
    """Configuration of a judge, which can be sent to another process.

    Attributes
    ----------
    root : Path
        Folder of the course.
    exercises : tuple of str
        Names of the exercises to judge.
    secret : str
        Secret from which the hidden inputs are drawn.
    limits : Limits
        Limits of a submission.
    sandbox : tuple of str
        Layers of the sandbox; empty to run submissions without one.
    follow_through : {"off", "report", "count"}, default "off"
        Whether failing exercises are judged again; see `grader.judging.follow_through`.
    """

    root: Path
    exercises: tuple[str, ...]
    secret: str
    limits: Limits
    sandbox: tuple[str, ...]
    follow_through: FollowThrough = "off"

    def judge(self, progress: Callable[[str], None] | None = None) -> "Judge":
        """Create a judge, which reports its progress to `progress` if given."""
        from grader.judging.judge import Judge

        course = self.course()
        exercises = [course.named(name) for name in self.exercises]
        confined = bool(self.sandbox)
        through = self.follow_through
        return Judge(course, exercises, self.secret, confined, self.limits, progress, through)

    def conditions(self) -> Conditions:
        """Return the conditions of the verdicts."""
        course, through = self.course(), self.follow_through
        return conditions_of(course, self.secret, self.limits, self.sandbox, through)

    def course(self) -> Course:
        """Return the course at `root`."""
        course = find_course(self.root)
        assert course is not None
        return course


@dataclass(frozen=True)
class Judgement:
    """A verdict and the time it took.

    Attributes
    ----------
    verdict : Verdict
        Verdict on the submission.
    seconds : float
        Wall-clock time. Not part of the verdict, as it differs from run to run.
    contended : tuple of str, default ()
        Names of the exercises that ran out of time, perhaps because of other load on the machine.
    """

    verdict: Verdict
    seconds: float
    contended: tuple[str, ...] = ()


@cache
def judge_of(settings: JudgeConfig) -> "Judge":
    """Return the judge for these settings, created once per process."""
    judge = settings.judge()
    gc.freeze()  # all objects so far are permanent: exclude them from garbage collection
    gc.set_threshold(GARBAGE)
    gc.enable()
    return judge


def judge_one(settings: JudgeConfig, submission: Submission) -> Judgement:
    """Judge one submission in this process.

    Parameters
    ----------
    settings : JudgeConfig
        Configuration of the judge.
    submission : Submission
        Submission to judge.

    Returns
    -------
    Judgement
        If the judge raises an exception, the outcome of all specs is a grader error.
    """
    started = time.monotonic()
    judge = judge_of(settings)
    try:
        verdict = judge.judge(submission)
    except Exception:
        reason = f"the grader itself failed here, not your code\n{traceback.format_exc(limit=-3)}"
        verdict = judge.refuse(submission, Outcome.GRADER_ERROR, reason)
    return Judgement(verdict, time.monotonic() - started, tuple(sorted(judge.contended)))
