"""Judges many submissions at once: one judge for each core, each in a process of its own.

What a judge is made of, NumPy and pytest with it, is imported only where it judges.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from itertools import cycle, islice
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Self, TypeVar

from grader.conditions import conditions_of
from grader.course import Course, FollowThrough, find_course
from grader.limits import Limits
from grader.submission import Submission
from grader.verdict import Conditions, ExerciseVerdict, Outcome, Verdict

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

    from grader.judge import Judge

_T = TypeVar("_T")

TICK = 0.1
"""Seconds after which somebody who waits for a judge looks up."""


@dataclass(frozen=True)
class Settings:
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
        As in `grader.follow`.
    """

    root: Path
    exercises: tuple[str, ...]
    secret: str
    limits: Limits
    sandbox: tuple[str, ...]
    follow_through: FollowThrough = "off"

    def judge(self, progress: Callable[[str], None] | None = None) -> "Judge":
        """A new judge; it may tell of its progress."""
        from grader.judge import Judge

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
def _judge_of(settings: Settings) -> "Judge":
    judge = settings.judge()
    gc.freeze()  # what is there now stays, and need not be looked through again and again
    gc.enable()
    return judge


def judge_one(settings: Settings, submission: Submission) -> Judgement:
    """Judge one submission, here and now, with the judge that this process keeps.

    Parameters
    ----------
    settings : Settings
        What the judge is made of.
    submission : Submission
        What was handed in.

    Returns
    -------
    Judgement
        Always: where the judge itself fails, that is the verdict.
    """
    started = time.monotonic()
    judge = _judge_of(settings)
    try:
        verdict = judge.judge(submission)
    except Exception:
        reason = f"the grader itself failed here, not your code\n{traceback.format_exc(limit=-3)}"
        verdict = judge.refuse(submission, Outcome.GRADER_ERROR, reason)
    return Judgement(verdict, time.monotonic() - started)


def judge_all(
    submissions: Iterable[Submission], settings: Settings, pool: "Pool"
) -> Iterator[Judgement]:
    """Judge many submissions at once.

    Whoever ran out of time beside others is judged once more at the end, alone, and so is who was
    being judged when something failed on our side.

    Parameters
    ----------
    submissions : iterable of Submission
        They are fetched as they are needed, so that not all of them are in memory.
    settings : Settings
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
    submissions: Iterable[Submission], settings: Settings, pool: "Pool"
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
    settings: Settings,
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
    verdict = _judge_of(settings).refuse(submission, Outcome.GRADER_ERROR, reason)
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


class Pool:
    """Processes that judge; if one of them ends, they can all be had anew.

    In a ``with`` block Ctrl-C is heard where somebody waits for a judge, and at the end: amidst
    what a library does, an exception could leave a lock behind for which a thread waits for ever.
    Who presses it twice does not wait.

    Parameters
    ----------
    jobs : int
        How many.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.executor = self._start()
        self._is_interrupted = False

    def warm_up(self) -> Future[tuple[str, ...]]:
        """Let them come up while there is something else to do.

        Returns
        -------
        Future
            What `find_layers` answers in one of them.
        """
        with _without_interrupts():
            for _ in range(self.jobs):
                probe = self.executor.submit(find_layers)
        return probe

    def _start(self) -> Executor:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each judge has one core
        # Spawned: a fork would take along the journal's lock, and locks of this process's threads.
        context = multiprocessing.get_context("spawn")
        free = context.SimpleQueue()
        for core in islice(cycle(cores()), self.jobs):
            free.put(core)
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=_enter, initargs=(os.getpid(), free)
        )

    def submit(self, settings: Settings, submission: Submission) -> Future[Judgement]:
        """Have a submission judged."""
        with _without_interrupts():  # which a new process would take for its own
            try:
                return self.executor.submit(judge_one, settings, submission)
            except BrokenExecutor:
                self.restart()
                return self.executor.submit(judge_one, settings, submission)

    def first_of(self, futures: Collection[Future[_T]]) -> set[Future[_T]]:
        """Wait until at least one is done; answer with all that are."""
        while True:
            done, _ = wait(futures, TICK, FIRST_COMPLETED)
            self._hear()
            if done:
                return done

    def result_of(self, future: Future[_T]) -> _T:
        """Wait for what it answers."""
        self.first_of([future])
        return future.result()

    def restart(self) -> None:
        """Get new processes, if the old ones are no longer of use."""
        try:
            self.executor.submit(int)
        except BrokenExecutor:
            self.executor.shutdown(wait=False)
            self.executor = self._start()

    def __enter__(self) -> Self:
        is_ours = threading.current_thread() is threading.main_thread()
        if is_ours and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.executor.shutdown()
            else:
                self.stop()
        finally:
            if signal.getsignal(signal.SIGINT) == self._note:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        if kind is None:
            self._hear()

    def _note(self, number: int, frame: FrameType | None) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt
        self._is_interrupted = True

    def _hear(self) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """End all processes, whatever they are doing."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()


_early: list[Pool] = []


def start_early() -> None:
    """Let judges come up while it is still being read what there is to judge."""
    _early.append(Pool(len(cores())))
    _early[0].warm_up()


def pool_of(jobs: int) -> Pool:
    """Judges; those that were started early, if they are as many.

    Parameters
    ----------
    jobs : int
        How many.

    Returns
    -------
    Pool
        To be used in a ``with`` statement.
    """
    if _early and _early[0].jobs == jobs:
        return _early.pop()
    stop_early()
    return Pool(jobs)


def stop_early() -> None:
    """End what was started early and is not used."""
    while _early:
        _early.pop().stop()


def find_layers() -> tuple[str, ...]:
    """The layers of the sandbox here; see `grader.launch.sandbox_layers`."""
    from grader.launch import sandbox_layers

    return sandbox_layers()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Put Ctrl-C off for a moment, where that is possible."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> Sequence[int]:
    """The cores that this process may use, by number."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _enter(parent: int, free: "SimpleQueue[int]") -> None:
    """Make a process ready to judge.

    Ctrl-C is for the process that waits for this one, with whose end this one ends. Judge and
    worker run by turns, so that they need one core, and lose time on two.
    """
    gc.disable()  # until there is something to judge with, nothing goes
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        from grader.sandbox import die_with

        try:
            die_with(parent)
        except ValueError:
            os._exit(1)  # it is gone already, and nobody is there to be told
        os.sched_setaffinity(0, {free.get()})
