"""One judgement: what a judge is made of, and one submission judged in this process."""

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


@dataclass(frozen=True)
class JudgeConfig:
    """What a judge is made of; it travels to the processes that judge.

    Attributes
    ----------
    root : Path
        Folder of the course.
    exercises : tuple of str
        Those to judge, by name.
    secret : str
        What the hidden inputs are drawn from.
    limits : Limits
        What a submission may take.
    sandbox : tuple of str
        The layers of the sandbox that submissions run in; none to run them without.
    follow_through : {"off", "report", "count"}, default "off"
        As in `grader.judging.follow_through`.
    """

    root: Path
    exercises: tuple[str, ...]
    secret: str
    limits: Limits
    sandbox: tuple[str, ...]
    follow_through: FollowThrough = "off"

    def judge(self, progress: Callable[[str], None] | None = None) -> "Judge":
        """A new judge; it may tell of its progress."""
        from grader.judging.judge import Judge

        course = self.course()
        exercises = [course.named(name) for name in self.exercises]
        confined = bool(self.sandbox)
        through = self.follow_through
        return Judge(course, exercises, self.secret, confined, self.limits, progress, through)

    def conditions(self) -> Conditions:
        """The conditions under which it judges."""
        course, through = self.course(), self.follow_through
        return conditions_of(course, self.secret, self.limits, self.sandbox, through)

    def course(self) -> Course:
        """The course."""
        course = find_course(self.root)
        assert course is not None
        return course


@dataclass(frozen=True)
class Judgement:
    """A verdict, and how long it took to find.

    Attributes
    ----------
    verdict : Verdict
        The verdict.
    seconds : float
        By the clock on the wall. It is no part of the verdict, since it is never the same twice.
    """

    verdict: Verdict
    seconds: float


@cache
def judge_of(settings: JudgeConfig) -> "Judge":
    """The judge that this process keeps for these settings."""
    judge = settings.judge()
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    gc.enable()
    return judge


def judge_one(settings: JudgeConfig, submission: Submission) -> Judgement:
    """Judge one submission, here and now, with the judge that this process keeps.

    Parameters
    ----------
    settings : JudgeConfig
        What the judge is made of.
    submission : Submission
        What was handed in.

    Returns
    -------
    Judgement
        Always: where the judge itself fails, that is the verdict.
    """
    started = time.monotonic()
    judge = judge_of(settings)
    try:
        verdict = judge.judge(submission)
    except Exception:
        reason = f"the grader itself failed here, not your code\n{traceback.format_exc(limit=-3)}"
        verdict = judge.refuse(submission, Outcome.GRADER_ERROR, reason)
    return Judgement(verdict, time.monotonic() - started)
