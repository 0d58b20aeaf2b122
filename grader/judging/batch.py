"""Judges the submissions of a class: which are judged, in which order, and which again."""

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
    """Judge many submissions at once.

    Whoever ran out of time beside others is judged once more at the end, alone, and so is who was
    being judged when something failed on our side.

    Parameters
    ----------
    submissions : iterable of Submission
        They are fetched as they are needed, so that not all of them are in memory.
    settings : JudgeConfig
        What the judges are made of.
    pool : Pool
        The processes that judge.

    Yields
    ------
    Judgement
        As they are found, in no particular order.
    """
    again: list[tuple[Submission, Judgement | None]] = []
    for submission, judgement in _judge_beside_others(submissions, settings, pool):
        if judgement is None or _unsure(judgement.verdict, pool.jobs):
            again.append((submission, judgement))
        else:
            yield judgement
    for submission, judgement in sorted(again, key=lambda one: one[0].name):
        yield _judge_alone(submission, judgement, settings, pool)


def _judge_beside_others(
    submissions: Iterable[Submission], settings: JudgeConfig, pool: "Pool"
) -> Iterator[tuple[Submission, Judgement | None]]:
    """Each submission with its judgement, or with None where the judge's process ended."""
    pending: dict[Future[Judgement], Submission] = {}
    for submission in submissions:
        pending[pool.submit(settings, submission)] = submission
        if len(pending) >= 2 * pool.jobs:  # each judge finds the next one ready
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
    """Judge once more what is unsure, and nothing else meanwhile."""
    unsure = _unsure(before.verdict, pool.jobs) if before else ()
    chosen = tuple(e for e in submission.exercises if not before or e.name in unsure)
    for _ in range(2 if before else 1):
        try:
            alone = replace(submission, exercises=chosen)
            judgement = pool.result_of(pool.submit(settings, alone))
        except BrokenExecutor:
            pool.restart()
        else:
            return _merge(before, judgement) if before else judgement
    reason = "the grader's own process ended while it judged this, twice"
    verdict = judge_of(settings).refuse(submission, Outcome.GRADER_ERROR, reason)
    return Judgement(verdict, 0.0)


def _merge(before: Judgement, judgement: Judgement) -> Judgement:
    found = {exercise.name: exercise for exercise in judgement.verdict.exercises}
    exercises = tuple(found.get(exercise.name, exercise) for exercise in before.verdict.exercises)
    seconds = before.seconds + judgement.seconds
    return Judgement(replace(before.verdict, exercises=exercises), seconds)


def _unsure(verdict: Verdict, jobs: int) -> tuple[str, ...]:
    """The exercises whose verdict may be due to us: our errors, and time beside other judges."""
    doubtful = {Outcome.GRADER_ERROR} | ({Outcome.TIMED_OUT} if jobs > 1 else set())

    def is_doubtful(exercise: ExerciseVerdict) -> bool:
        found = {spec.outcome for spec in exercise.specs}.union(exercise.through)
        return bool(found & doubtful)

    return tuple(exercise.name for exercise in verdict.exercises if is_doubtful(exercise))
