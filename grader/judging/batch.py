"""Judging of a whole class on a pool, with a second attempt where the first is inconclusive."""

from collections.abc import Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Future,
)
from dataclasses import replace

from grader.judging.judgement import JudgeConfig, Judgement, judge_of
from grader.judging.pool import Pool
from grader.submissions.submission import Submission
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Verdict


def judge_all(
    submissions: Iterable[Submission], settings: JudgeConfig, pool: "Pool"
) -> Iterator[Judgement]:
    """Judge many submissions concurrently.

    A submission that times out while others are running, or that is affected by an error of the
    grader, is judged again on its own at the end.

    Parameters
    ----------
    submissions : iterable of Submission
        Consumed as needed, so that not all of them are in memory at once.
    settings : JudgeConfig
        Configuration of the judges.
    pool : Pool
        Processes that run the judges.

    Yields
    ------
    Judgement
        One for each submission, in no particular order.
    """
    retries: list[tuple[Submission, Judgement | None]] = []
    for submission, judgement in _judge_concurrently(submissions, settings, pool):
        if judgement is None or _inconclusive(judgement.verdict, pool.jobs):
            retries.append((submission, judgement))
        else:
            yield judgement
    for submission, judgement in sorted(retries, key=lambda retry: retry[0].name):
        yield _judge_alone(submission, judgement, settings, pool)


def _judge_concurrently(
    submissions: Iterable[Submission], settings: JudgeConfig, pool: "Pool"
) -> Iterator[tuple[Submission, Judgement | None]]:
    """Yield each submission with its judgement, or with None if the judge's process ended."""
    pending: dict[Future[Judgement], Submission] = {}
    for submission in submissions:
        pending[pool.submit(settings, submission)] = submission
        if len(pending) >= 2 * pool.jobs:  # so that no judge is idle
            yield from _collect(pending, pool)
    while pending:
        yield from _collect(pending, pool)


def _collect(
    pending: dict[Future[Judgement], Submission], pool: "Pool"
) -> Iterator[tuple[Submission, Judgement | None]]:
    for future in pool.first_of(pending):
        submission = pending.pop(future)
        try:
            yield submission, future.result()
        except BrokenExecutor:
            pool.restart()
            yield submission, None


def _judge_alone(
    submission: Submission,
    before: Judgement | None,
    settings: JudgeConfig,
    pool: "Pool",
) -> Judgement:
    """Judge the inconclusive exercises of a submission again while no other judge is running."""
    inconclusive = _inconclusive(before.verdict, pool.jobs) if before else ()
    chosen = tuple(e for e in submission.exercises if not before or e.name in inconclusive)
    # Without a judgement, the judge's process has already ended once.
    for _ in range(2 if before else 1):
        try:
            alone = replace(submission, exercises=chosen)
            judgement = pool.result_of(pool.submit(settings, alone))
        except BrokenExecutor:
            pool.restart()
        else:
            return _merge(before, judgement) if before else judgement
    reason = "the grader's own process ended twice while judging this submission"
    verdict = judge_of(settings).refuse(submission, Outcome.GRADER_ERROR, reason)
    return Judgement(verdict, 0.0)


def _merge(before: Judgement, judgement: Judgement) -> Judgement:
    found = {exercise.name: exercise for exercise in judgement.verdict.exercises}
    exercises = tuple(found.get(exercise.name, exercise) for exercise in before.verdict.exercises)
    seconds = before.seconds + judgement.seconds
    return Judgement(replace(before.verdict, exercises=exercises), seconds)


def _inconclusive(verdict: Verdict, jobs: int) -> tuple[str, ...]:
    """Return the exercises with a grader error, or with a time-out while other judges ran.

    Both may also have happened with the public inputs, and would then be the feedback.
    """
    doubtful = {Outcome.GRADER_ERROR} | ({Outcome.TIMED_OUT} if jobs > 1 else set())

    def is_inconclusive(exercise: ExerciseVerdict) -> bool:
        told = (spec.feedback.outcome for spec in exercise.specs if spec.feedback)
        outcomes = {spec.outcome for spec in exercise.specs}.union(exercise.through, told)
        return bool(outcomes & doubtful)

    return tuple(exercise.name for exercise in verdict.exercises if is_inconclusive(exercise))
