"""The two ways from a spec to the learner's code: in this process, and in a worker's.

In-process, a learner's own pytest runs her code right here, so that prints, tracebacks and pdb work
as always. Judged, her code runs in a worker, and only frames cross.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Self

import pytest

from grader import wire
from grader.launch import Worker, WorkerFailed, start_worker
from grader.limits import Limits
from grader.source import Source
from grader.student import Crashed, StudentError, TimedOut
from grader.words import english
from grader.workbench import (
    MAX_CODE,
    MAX_FRAMES,
    MAX_MESSAGE,
    CallBack,
    Frame,
    Report,
    Workbench,
    describe,
    own_traceback,
)


class InProcess:
    """The transport of a learner's own pytest: her code runs in this very process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules by name: her exercise, and those that it builds on. They must be `importable`.
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._workbench = Workbench(sources)

    def exchange(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Have a request done; see `grader.student.Transport`.

        Raises
        ------
        StudentError
            If her code raises. Its traceback ends at her own deepest line, for ``--pdb``.
        """
        if self._workbench.is_loading:
            raise TimedOut("before it began: importing it took too long, and is not tried again")
        try:
            return self._perform(wire.cross(request), call_back)
        except StudentError:
            self._workbench.is_loading = False
            raise

    def _perform(self, request: dict[str, Any], call_back: CallBack) -> Any:
        def crossing(number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            return wire.cross(call_back(number, *wire.cross((args, kwargs))))

        try:
            return wire.cross(self._workbench.perform(request, crossing))
        except (KeyboardInterrupt, pytest.fail.Exception, pytest.exit.Exception):
            raise  # of the one at the keyboard, or of pytest-timeout
        except BaseException as error:
            told = StudentError(describe(error, self._sources))
            raise told.with_traceback(own_traceback(error, self._sources)) from None


class Judged:
    """The transport of the judge: her code runs in a worker process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name.
    confined : bool, default True
        Whether the worker is put into the sandbox. If not, her code may do what the grader may.
    limits : Limits, optional
        What it may take.

    Attributes
    ----------
    limits : Limits
        Its times may be changed at any time.
    spent, spent_cpu : float
        Seconds, and seconds of processor time, that her code has taken of the totals.
    layers : tuple of str
        The layers of the sandbox that the worker is in, once it has started.
    """

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        confined: bool = True,
        limits: Limits | None = None,
    ) -> None:
        self._sources = sources
        self._confined = confined
        self._worker: Worker | None = None
        self._sequence = 0
        self._output = ""
        self.limits = limits or Limits()
        self.spent = self.spent_cpu = 0.0
        self.layers: tuple[str, ...] = ()

    def exchange(self, request: dict[str, Any], call_back: CallBack) -> Any:
        """Have a request done; see `grader.student.Transport`.

        Raises
        ------
        StudentError
            If her code raises.
        TimedOut
            If it takes longer than `limits` allow. The worker is killed; the next request starts
            a new one.
        Crashed
            If the worker ends in the middle, or its answer is no answer. The same holds.
        """
        self._check_totals()
        if self._worker is None:
            self._worker = start_worker(self._sources, self.limits, confined=self._confined)
            self.layers = self._worker.layers
        reply = self._ask(request)
        try:
            while "callback" in reply:
                started = time.monotonic()
                answer = call_back(reply["callback"], reply["args"], reply["kwargs"])
                self.spent += time.monotonic() - started  # she says how often it is called
                reply = self._ask({"do": "resume", "value": answer})
        except Crashed:
            self.close()
            raise
        if "error" in reply:
            raise StudentError(self._name_limit(reply["error"]))
        return reply["answer"]

    @contextmanager
    def budget(self, seconds: float) -> Iterator[None]:
        """Let one spec take what it needs, without a charge on the exercise's totals.

        Parameters
        ----------
        seconds : float
            For its calls, each and together.
        """
        kept = self.limits, self.spent, self.spent_cpu
        self.begin()
        self.limits = replace(
            self.limits,
            call_seconds=seconds,
            total_seconds=seconds,
            call_cpu_seconds=seconds,
            total_cpu_seconds=seconds,
        )
        try:
            yield
        finally:
            self.limits, self.spent, self.spent_cpu = kept

    def begin(self) -> None:
        """Count the totals from here."""
        self.spent = self.spent_cpu = 0.0

    def take_output(self) -> str:
        """What her code has printed since the last time, up to its limit, with a note if cut."""
        output, self._output = self._output, ""
        limit = self.limits.output_characters
        if len(output) <= limit:
            return output
        return f"{output[:limit]}\n[the rest is dropped: {limit:,} characters are the limit]"

    def close(self) -> None:
        """End the worker, if there is one."""
        with suppress(WorkerFailed):
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _end(self, patience: float = 0) -> int | None:
        worker, self._worker = self._worker, None
        if worker is None:
            return None
        # Connected until it has ended: who finds the judge gone, ends by himself.
        try:
            return worker.process.end(patience)
        finally:
            worker.channel.close()

    def _check_totals(self) -> None:
        if self.spent >= (limit := self.limits.total_seconds):
            self.close()
            raise TimedOut(
                english("at the limit of {limit:g} s for the whole exercise", limit=limit)
            )
        if self.spent_cpu >= (limit := self.limits.total_cpu_seconds):
            self.close()
            what = english(
                "at the limit of {limit:g} s of processor time for the whole exercise", limit=limit
            )
            raise TimedOut(what)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._worker is not None
        self._sequence += 1
        clock = _Clock(self._worker, self)
        try:
            self._worker.channel.send({"id": self._sequence, **request}, clock.remaining)
            reply = _read_reply(self._receive(clock.remaining), self._sequence)
        except TimeoutError:
            self._charge(clock)
            self.close()
            self._check_totals()
            raise TimedOut(clock.tell()) from None
        except (wire.Disconnected, _NoReply) as error:
            how = self._tell_end(error)
            self._charge(clock)  # with the time that it took to end
            raise Crashed(how) from None
        self._charge(clock)
        most = self.limits.output_characters + 1
        self._output = (self._output + reply["output"])[:most]
        return reply

    def _charge(self, clock: "_Clock") -> None:
        seconds, cpu_seconds = clock.taken()
        self.spent += seconds
        self.spent_cpu += cpu_seconds

    def _receive(self, remaining: wire.Remaining) -> Any:
        assert self._worker is not None
        try:
            return self._worker.channel.receive(remaining)
        except wire.Disconnected:
            raise
        except wire.WireError as error:
            raise _NoReply(str(error)) from None

    def _tell_end(self, error: Exception) -> str:
        """End the worker, and tell how it ended before."""
        code = self._end(1.0 if isinstance(error, wire.Disconnected) else 0.0)
        if code is None or isinstance(error, _NoReply):
            return english("the process broke off the conversation: {error}", error=error)
        if code < 0:
            return english("the process ended by signal {number}", number=-code)
        return english("the process ended by exit code {number}", number=code)

    def _name_limit(self, report: Report) -> Report:
        """An exception, with the limit that it is due to."""
        if report.type != "MemoryError" or not self._confined:
            return report
        limit = f"(the limit is {self.limits.memory_mib:,} MiB of memory)"
        return replace(report, message=f"{report.message} {limit}".strip())


class _Clock:
    """What one call takes, and what is left for it."""

    def __init__(self, worker: Worker, judged: Judged) -> None:
        self._worker = worker
        limits = judged.limits
        self._call, self._call_cpu = limits.call_seconds, limits.call_cpu_seconds
        self._most = min(self._call, limits.total_seconds - judged.spent)
        self._most_cpu = min(self._call_cpu, limits.total_cpu_seconds - judged.spent_cpu)
        # A worker has one thread: its processor time never runs ahead of the clock on the wall.
        self._needs_cpu = (
            self._most_cpu < self._most or limits.total_cpu_seconds < limits.total_seconds
        )
        self._started = time.monotonic()
        self._started_cpu = self._cpu_seconds()

    def _cpu_seconds(self) -> float:
        return self._worker.cpu_seconds() if self._needs_cpu else 0.0

    def taken(self) -> tuple[float, float]:
        """Seconds so far, and seconds of processor time, or at most so many."""
        seconds = time.monotonic() - self._started
        if not self._needs_cpu:
            return seconds, seconds
        return seconds, max(0.0, self._cpu_seconds() - self._started_cpu)

    def remaining(self) -> float:
        """How long to wait before asking again."""
        seconds, cpu_seconds = self.taken()
        left, left_cpu = self._most - seconds, self._most_cpu - cpu_seconds
        if not self._needs_cpu or left_cpu <= 0:
            return min(left, left_cpu)
        return min(left, max(left_cpu, 0.01))

    def tell(self) -> str:
        """Which limit of a call was reached."""
        if self.taken()[0] >= self._call:
            return english("at the limit of {limit:g} s for one call", limit=self._call)
        return english(
            "at the limit of {limit:g} s of processor time for one call", limit=self._call_cpu
        )


class _NoReply(Exception):
    """What the worker sent is no reply."""


def _read_reply(reply: Any, sequence: int) -> dict[str, Any]:
    """Check what a worker sent: it may be anything."""
    match reply:
        case {"id": int(number), "output": str(), **content} if number == sequence:
            pass
        case _:
            raise _NoReply("an answer to another question")
    match content:
        case {"answer": _} if len(content) == 1:
            return dict(reply)
        case {"callback": int(), "args": tuple(), "kwargs": dict(kwargs)} if len(content) == 3:
            if all(isinstance(key, str) for key in kwargs):
                return dict(reply)
        case {"error": error} if len(content) == 1:
            return {"error": _read_report(error), "output": reply["output"]}
    raise _NoReply("an answer of no known form")


def _read_report(error: Any) -> Report:
    match error:
        case {"type": str(kind), "message": str(message), "frames": list(frames), **rest}:
            imported, importing = (
                text[:MAX_CODE] if isinstance(text := rest.get(key), str) else None
                for key in ("imported", "importing")
            )
            read = tuple(map(_read_frame, frames[:MAX_FRAMES]))
            clue = text[:MAX_CODE] if isinstance(text := rest.get("clue"), str) else ""
            return Report(kind[:MAX_CODE], message[:MAX_MESSAGE], read, imported, importing, clue)
    raise _NoReply("an exception of no known form")


def _read_frame(frame: Any) -> Frame:
    match frame:
        case {"file": str(file), "line": int(line), "code": str(code), "module": str(module)}:
            column = number if type(number := frame.get("column")) is int else 0
            column = max(0, min(column, MAX_CODE))
            return Frame(file[:MAX_CODE], line, code[:MAX_CODE], module[:MAX_CODE], column)
    raise _NoReply("a traceback of no known form")
