"""A pool of judges, each in a process of its own, by default one for each core.

The judge and its dependencies (NumPy, pytest) are imported in these processes only.
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
"""Seconds between two checks for Ctrl-C while waiting for a judge."""


class Pool:
    """A pool of processes that judge, which can be restarted after one of them has ended.

    In a ``with`` block, Ctrl-C is handled only while waiting for a judge and at the end of the
    block: an exception inside a library call could leave a lock acquired and cause a deadlock.
    A second Ctrl-C raises KeyboardInterrupt at once.

    Parameters
    ----------
    jobs : int
        Number of processes.
    """

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs
        self.executor = self._start()
        self._is_interrupted = False

    def warm_up(self) -> Future[tuple[str, ...]]:
        """Start the processes in the background.

        Returns
        -------
        Future
            Result of `find_layers` in one of the processes.
        """
        with _without_interrupts():
            for _ in range(self.jobs):
                probe = self.executor.submit(find_layers)
        return probe

    def _start(self) -> Executor:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # each judge has one core
        # A forked process would inherit the lock of the journal and the locks of other threads.
        context = multiprocessing.get_context("spawn")
        free = context.SimpleQueue()
        for core in islice(cycle(cores()), self.jobs):
            free.put(core)
        return ProcessPoolExecutor(
            self.jobs, mp_context=context, initializer=_initialize, initargs=(os.getpid(), free)
        )

    def submit(self, settings: JudgeConfig, submission: Submission) -> Future[Judgement]:
        """Schedule a submission to be judged."""
        with _without_interrupts():  # Ctrl-C would also interrupt a process that is starting
            try:
                return self.executor.submit(judge_one, settings, submission)
            except BrokenExecutor:
                self.restart()
                return self.executor.submit(judge_one, settings, submission)

    def first_of(self, futures: Collection[Future[_T]]) -> set[Future[_T]]:
        """Wait until at least one future is done, and return all that are done."""
        while True:
            done, _ = wait(futures, TICK, FIRST_COMPLETED)
            self._raise_if_interrupted()
            if done:
                return done

    def result_of(self, future: Future[_T]) -> _T:
        """Wait for a future and return its result."""
        self.first_of([future])
        return future.result()

    def restart(self) -> None:
        """Start new processes if the executor is broken."""
        try:
            self.executor.submit(int)
        except BrokenExecutor:
            self.executor.shutdown(wait=False)
            self.executor = self._start()

    def __enter__(self) -> Self:
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            signal.signal(signal.SIGINT, self._handle_interrupt)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        try:
            if kind is None:
                self.executor.shutdown()
            else:
                self.stop()
        finally:
            if signal.getsignal(signal.SIGINT) == self._handle_interrupt:
                signal.signal(signal.SIGINT, signal.default_int_handler)
        if kind is None:
            self._raise_if_interrupted()

    def _handle_interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt
        self._is_interrupted = True

    def _raise_if_interrupted(self) -> None:
        if self._is_interrupted:
            raise KeyboardInterrupt

    def stop(self) -> None:
        """Kill all processes, including busy ones."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()


_early: list[Pool] = []


def start_early() -> None:
    """Start a pool in the background before it is known what to judge."""
    _early.append(Pool(len(cores())))
    _early[0].warm_up()


def pool_of(jobs: int) -> Pool:
    """Return the pool that was started early if it has the right size, or else a new one.

    Parameters
    ----------
    jobs : int
        Number of processes.

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
    """Stop the pool that was started early, unless it is in use."""
    while _early:
        _early.pop().stop()


def find_layers() -> tuple[str, ...]:
    """Return the result of `grader.transport.worker_process.sandbox_layers` in this process."""
    from grader.transport.worker_process import sandbox_layers

    return sandbox_layers()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Block SIGINT inside a ``with`` block, except on Windows."""
    if sys.platform == "win32":
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def cores() -> Sequence[int]:
    """Return the numbers of the cores that this process may use."""
    if sys.platform == "linux":
        return sorted(os.sched_getaffinity(0))
    return range(os.cpu_count() or 1)


def _initialize(parent: int, free: "SimpleQueue[int]") -> None:
    """Prepare a process of the pool.

    The parent process handles Ctrl-C; this process ends with its parent. It is pinned to one core
    together with its worker: they run in turns, and switching between cores costs time.
    """
    gc.disable()  # until the judge is created, there is no garbage
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        from grader.transport import own_memory
        from grader.worker.sandbox import die_with

        own_memory.enforce()
        try:
            die_with(parent)
        except ValueError:
            os._exit(1)  # the parent has ended already
        os.sched_setaffinity(0, {free.get()})
