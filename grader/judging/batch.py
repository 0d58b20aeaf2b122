"""Judging of a whole class on a pool, with a second attempt where the first is inconclusive."""

from collections.abc import Iterable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    Future,
)
from dataclasses import replace

from grader.judging.judgement import JudgeConfig, Judgement, judge_of
from grader.judging.pool import Pool
from grader.messages.message import Text
from grader.submissions.submission import Submission
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Verdict


def judge_all(
    submissions: Iterable[Submission], settings: JudgeConfig, pool: "Pool"
) -> Iterator[Judgement]:
    """Judge many submissions concurrently.

    A submission that ran out of time while it had to wait for a processor, or that is affected by
    an error of the grader, is judged again on its own at the end.

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
        if judgement is None or _inconclusive(judgement, pool.jobs):
            retries.append((submission, judgement))
        else:
            yield judgement
    for submission, judgement in sorted(retries, key=lambda retry: retry[0].name):
        yield _judge_alone(submission, judgement, settings, pool)


def judge_distinct(
    submissions: Iterable[Submission], settings: JudgeConfig, pool: "Pool"
) -> Iterator[Judgement]:
    """Judge many submissions, and those with the same code only once.

    A verdict depends on the code and the conditions alone.

    Parameters
    ----------
    submissions, settings, pool
        As for `judge_all`.

    Yields
    ------
    Judgement
        One for each submission; those of repeated code at the end, with no time.
    """
    repeated: dict[tuple[str, ...], list[tuple[str, tuple[Text, ...]]]] = {}

    def distinct() -> Iterator[Submission]:
        for submission in submissions:
            key = submission.hash, *(exercise.name for exercise in submission.exercises)
            if key in repeated:
                repeated[key].append((submission.name, submission.notes))
            else:
                repeated[key] = []
                yield submission

    found: list[Verdict] = []
    for judgement in judge_all(distinct(), settings, pool):
        yield judgement
        found.append(judgement.verdict)
    for verdict in found:
        names = (exercise.name for exercise in verdict.exercises)
        for name, notes in repeated[verdict.submission, *names]:
            yield Judgement(replace(verdict, name=name, notes=notes), 0.0)


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
    inconclusive = _inconclusive(before, pool.jobs) if before else ()
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


def _inconclusive(judgement: Judgement, jobs: int) -> tuple[str, ...]:
    """Return the exercises with a grader error, or that ran out of time beside other judges.

    Time counts only if the worker had to wait. Both may also have happened with the public inputs,
    and would then be the feedback.
    """

    def is_inconclusive(exercise: ExerciseVerdict) -> bool:
        told = (spec.feedback.outcome for spec in exercise.specs if spec.feedback)
        outcomes = {spec.outcome for spec in exercise.specs}.union(exercise.through, told)
        had_to_wait = jobs > 1 and exercise.name in judgement.contended
        return Outcome.GRADER_ERROR in outcomes or (had_to_wait and Outcome.TIMED_OUT in outcomes)

    exercises = judgement.verdict.exercises
    return tuple(exercise.name for exercise in exercises if is_inconclusive(exercise))
