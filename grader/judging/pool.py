"""Judges many submissions at once: one judge for each core, each in a process of its own.

What a judge is made of, NumPy and pytest with it, is imported only where it judges.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from itertools import cycle, islice
from types import FrameType
from typing import TYPE_CHECKING, Self, TypeVar

from grader.submissions.submission import Submission

if TYPE_CHECKING:
    from multiprocessing.queues import SimpleQueue

from grader.judging.judgement import JudgeConfig, Judgement, judge_one

_T = TypeVar("_T")

TICK = 0.1
"""Seconds after which somebody who waits for a judge looks up."""


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

    def submit(self, settings: JudgeConfig, submission: Submission) -> Future[Judgement]:
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
    """The layers of the sandbox here; see `grader.transport.worker_process.sandbox_layers`."""
    from grader.transport.worker_process import sandbox_layers

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
        from grader.worker.sandbox import die_with

        try:
            die_with(parent)
        except ValueError:
            os._exit(1)  # it is gone already, and nobody is there to be told
        os.sched_setaffinity(0, {free.get()})
