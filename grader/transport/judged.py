"""The transport that runs a submission in a worker process, with limits."""

import json
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, Self

import numpy as np

from grader.course.limits import Limits
from grader.messages.message import Text, english
from grader.transport.own_memory import OwnMemory
from grader.transport.replies import NoReply, read_reply
from grader.transport.shared_arrays import Shared, share
from grader.transport.student import Crashed, StudentError, TimedOut, TooMuch, call_nothing
from grader.transport.worker_process import Worker, WorkerFailed, delay_seconds, start_worker
from grader.worker import wire
from grader.worker.exception_report import (
    ExceptionReport,
)
from grader.worker.loading.offer import Offer
from grader.worker.source import Source
from grader.worker.wire import TooLarge, WireError
from grader.worker.workbench import CallBack

MAX_OUTPUTS = 8
"""How many times the limit of output of one spec an exercise may print, in bytes of JSON."""

_CHARACTER = 12  # bytes of JSON that a character takes at most

MAX_REPLIES = 16
"""How many times the maximum size of a reply a spec takes of all replies together.

A spec may keep them all until it ends. What a worker passes to a function of the spec is not
counted: it is small, and its time is limited.
"""

WAITING = 0.2
"""Share of the time of a call from which on a time-out may be due to other load on the machine."""

MOST_DELAY = 4
"""How many times the total of an exercise its workers may wait for a processor, uncounted."""

SUSPECT_SECONDS = 0.5
"""Seconds that a worker gets in all to look for likely causes in the code of an exercise."""

PATIENCE = 1.0
"""Seconds that a worker gets to finish requests whose answers are no longer needed."""


class Judged:
    """A transport that runs a submission in a worker process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules of the submission by name.
    confined : bool, default True
        Whether the worker runs in the sandbox. If not, the submission can do whatever the grader
        can.
    limits : Limits, optional
        Limits of time, memory and output; by default those of `Limits`.
    offer : Offer, optional
        What the course offers to the submission; by default nothing.

    Attributes
    ----------
    limits : Limits
        The current limits. Its times may be changed at any time.
    spent, spent_cpu : float
        Seconds of wall-clock time and of processor time used so far, counted against the totals:
        by the worker, and by this process for what the worker has answered.
    layers : tuple of str
        The layers of the worker's sandbox; empty until a worker has started.
    delayed : float
        Seconds in which workers or this thread waited for a processor that other processes had.
        They are asked for, and not counted, where a limit is reached; at most `MOST_DELAY` times
        the total.
    contended : bool
        Whether a worker reached a time limit in a call in which it has waited for something else
        more than the share `WAITING` of the time.
    """

    checks_wait = True

    def __init__(
        self,
        sources: Mapping[str, Source],
        *,
        confined: bool = True,
        limits: Limits | None = None,
        offer: Offer | None = None,
    ) -> None:
        self.sources = sources
        self._offer = offer or Offer()
        self._confined = confined
        self._worker: Worker | None = None
        self._shared: dict[int, Shared] = {}
        self._sequence = 0
        self._output = ""
        self._output_bytes = 0
        self.limits = limits or Limits()
        self.spent = self.spent_cpu = 0.0
        self.layers: tuple[str, ...] = ()
        self.delayed = self._delay_seen = 0.0
        self.contended = False
        self._own_memory = OwnMemory(self.limits.judge_mib)
        self._spent_here = 0.0  # part of both
        self._suspect_seconds = 0.0
        self._broken: Crashed | None = None  # an invalid message that has yet to count
        self._answered_at: float | None = None
        self._received = 0
        self._is_in_spec = False

    @contextmanager
    def spec(self) -> Iterator[None]:
        """Run one spec in a ``with`` block: what the judge does with its answers is limited.

        From the first answer on, the processor time of this thread counts like that of the worker,
        and this process may not add more than `Limits.judge_mib` to its memory (if
        `grader.transport.own_memory.enforce` was called).
        """
        self._own_memory.mib = self.limits.judge_mib
        self._answered_at, self._received, self._is_in_spec = None, 0, True
        try:
            with self._own_memory.limited_until_end():
                yield
        finally:
            self._charge_own_time()
            self._answered_at, self._is_in_spec = None, False

    def _charge_own_time(self) -> None:
        """Charge the processor time since the last answer, which the submission has caused."""
        if self._answered_at is not None:
            now = time.thread_time()
            seconds, self._answered_at = now - self._answered_at, now
            self.spent += seconds
            self.spent_cpu += seconds
            self._spent_here += seconds

    @property
    def judge_mib(self) -> int:
        """Memory that this process may add to work with the answers of a spec, in MiB."""
        return self.limits.judge_mib

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        """Send requests together and yield their answers; see `Transport.exchange`.

        Raises
        ------
        StudentError
            If the submission's code raises.
        TimedOut
            If it takes longer than `limits` allow. The worker is killed; the next request starts
            a new one.
        Crashed
            If the worker ends before it has answered, or sends an invalid message. The next request
            starts a new worker.
        """
        left = len(requests)
        if not left:
            return
        if self._broken is not None:
            broken, self._broken = self._broken, None
            raise broken
        self._charge_own_time()
        self._check_totals()
        if self._worker is None:
            shared = list(self._shared.values())
            self._worker = start_worker(
                self.sources,
                self.limits,
                confined=self._confined,
                shared=shared,
                offer=self._offer,
            )
            self.layers = self._worker.layers
            self._delay_seen = delay_seconds("thread-self")
        reply = self._ask(requests[0] if left == 1 else {"do": "several", "requests": requests})
        while True:
            reply = self._run_callbacks(reply, call_back)
            if "error" in reply:
                if reply["is_forged"]:
                    self.close()  # what else it sends is not worth waiting for
                raise StudentError(self._name_limit(reply["error"]))
            answers = _answers_in(reply)
            left -= len(answers)
            if left < 0:
                self.close()
                raise Crashed("the process answered more than it was asked")
            try:
                yield from answers
            except GeneratorExit:
                if left:
                    self._drain(left)
                raise
            if not left:
                return
            reply = self._ask(None)

    def loads(self, module: str) -> bool:
        """Return whether a module of the submission can be imported.

        Parameters
        ----------
        module : str
            Name of the module, of which nothing else is asked.
        """
        # The answer is None, so that nothing is read that the module could make up.
        request = {"do": "value", "target": wire.Reference(module), "mute": True}
        try:
            list(self.exchange([request], call_nothing))
        except (StudentError, TimedOut, Crashed):
            return False
        return True

    def share(self, values: np.ndarray) -> wire.SharedArray:
        """Give an array to the next worker, and end the present one if it has not got it."""
        shared = share(values)
        if self._shared.setdefault(shared.reference.number, shared) is shared:
            self.close()
        return shared.reference

    def _run_callbacks(self, reply: dict[str, Any], call_back: CallBack) -> dict[str, Any]:
        """Run the functions of the spec that the worker calls, and return the reply after them."""
        try:
            while "callback" in reply:
                started, spent = time.monotonic(), self.spent
                answer = call_back(reply["callback"], reply["args"], reply["kwargs"])
                self._charge_own_time()
                charged = self.spent - spent
                self.spent += max(0.0, time.monotonic() - started - charged)
                reply = self._ask({"do": "resume", "value": answer})
        except Crashed:
            self.close()
            raise
        return reply

    def _drain(self, left: int) -> None:
        """Receive answers that are no longer needed, or end the worker if that takes long.

        The output of these requests is dropped.
        """
        kept = self.limits, self._output
        self.limits = replace(self.limits, call_seconds=min(PATIENCE, self.limits.call_seconds))
        end = time.monotonic() + PATIENCE
        nothing = {"do": "resume", "value": wire.Opaque("the spec has ended")}
        try:
            reply: dict[str, Any] = {}
            while left > 0 and "error" not in reply:
                if time.monotonic() > end:
                    self.close()
                    return
                reply = self._ask(nothing if "callback" in reply else None)
                left -= 0 if "callback" in reply else len(_answers_in(reply))
        except (TimedOut, Crashed):
            pass  # `_ask` has ended the worker
        finally:
            self.limits, self._output = kept

    @contextmanager
    def budget(self, seconds: float) -> Iterator[None]:
        """Run one spec under a time limit of its own, not counted against the exercise's totals.

        Parameters
        ----------
        seconds : float
            The limit of each call, and of all calls together.
        """
        kept = self.limits, self.spent, self.spent_cpu, self._spent_here, self.delayed
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
            self.limits, self.spent, self.spent_cpu, self._spent_here, self.delayed = kept

    def suspect(self, request: dict[str, Any]) -> Any:
        """Ask about the code after a spec has failed; see `Transport.suspect`.

        Raises
        ------
        TimedOut
            If the answers have taken more than `SUSPECT_SECONDS` in all.
        """
        self._charge_own_time()
        left = SUSPECT_SECONDS - self._suspect_seconds
        with self.budget(left):
            try:
                return next(self.exchange([request], call_nothing))
            except Crashed as error:
                if isinstance(error.__context__, NoReply):
                    self._broken = error
                raise
            finally:
                self._suspect_seconds += self.spent

    def begin(self) -> None:
        """Reset the time counted against the totals."""
        if self._worker is not None:
            self.take_delay()  # is part of what was spent before
        self.spent = self.spent_cpu = self._spent_here = self.delayed = 0.0

    def take_output(self) -> str:
        """Return the output since the last call, cut at the limit of output with a note.

        All calls together return at most `MAX_OUTPUTS` times the limit, in bytes of JSON.
        """
        output, self._output = self._output, ""
        limit = self.limits.output_characters
        text = output[:limit]
        size = len(json.dumps(text))
        left = MAX_OUTPUTS * limit - self._output_bytes
        if size > left:
            text = text[: max(0, left) // _CHARACTER]
            size = len(json.dumps(text))
        self._output_bytes += size
        if text == output:
            return output
        return f"{text}\n[the rest is dropped: {limit:,} characters are the limit]"

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
        # The connection stays open until the process has ended: a worker that loses it exits by
        # itself, and its exit code would then say nothing.
        try:
            return worker.process.end(patience)
        finally:
            worker.channel.close()

    def _check_totals(self) -> None:
        limits = self.limits
        if self.spent >= limits.total_seconds and self._worker is not None:
            self.spent = max(self._spent_here, self.spent - self.take_delay())
        if self.spent < limits.total_seconds and self.spent_cpu < limits.total_cpu_seconds:
            return
        self.close()
        limit = limits.total_seconds
        if self._spent_here > min(limit, limits.total_cpu_seconds) / 2:
            raise TimedOut(
                english(
                    "at the limit of {limit:g} s for the whole exercise; most of it was spent on "
                    "reading and comparing what your code returned",
                    limit=limit,
                )
            )
        if self.spent >= limit:
            raise TimedOut(
                english("at the limit of {limit:g} s for the whole exercise", limit=limit)
            )
        limit = limits.total_cpu_seconds
        raise TimedOut(
            english(
                "at the limit of {limit:g} s of processor time for the whole exercise", limit=limit
            )
        )

    def _ask(self, request: dict[str, Any] | None) -> dict[str, Any]:
        """Send a request, unless it is None, and wait for the next reply."""
        assert self._worker is not None
        self._charge_own_time()
        clock = _Clock(self._worker, self)
        try:
            if request is not None:
                self._sequence += 1
                self._worker.channel.send({"id": self._sequence, **request}, clock.remaining)
            received = self._receive(clock.remaining)
            reply = read_reply(received, self._sequence, self.sources)
        except TimeoutError:
            self.contended |= clock.waited() > WAITING * clock.taken()[0]
            self._charge(clock)
            self.close()
            self._check_totals()
            raise TimedOut(clock.tell()) from None
        except (wire.Disconnected, NoReply) as error:
            how = self._tell_end(error)
            self._charge(clock)  # includes the time that the worker took to end
            raise Crashed(how) from None
        except TooLarge as error:
            self._charge(clock)
            self.close()
            raise _too_much(error) from None
        except MemoryError:  # with a part of the reply still to be received
            self.close()
            raise
        self._charge(clock)
        self._take_in(reply)
        most = self.limits.output_characters + 1
        self._output = (self._output + reply["output"])[:most]
        return reply

    def _take_in(self, reply: dict[str, Any]) -> None:
        """Count an answer, and begin to limit what this process does with it."""
        assert self._worker is not None
        is_callback = "callback" in reply
        self._answered_at = time.thread_time() if self._is_in_spec or is_callback else None
        if not self._is_in_spec:
            return
        self._own_memory.limit()
        if is_callback:
            return
        channel = self._worker.channel
        self._received += channel.received
        if self._received > MAX_REPLIES * channel.receives.blob:
            self.close()
            raise _too_much(f"answers of {self._received:,} bytes to one spec")

    def _charge(self, clock: "_Clock") -> None:
        seconds, cpu_seconds = clock.taken()
        self.spent = max(self._spent_here, self.spent + seconds)
        self.spent_cpu += cpu_seconds

    def take_delay(self) -> float:
        """Return the seconds, since this was asked last, in which the worker had no processor.

        Those in which this thread has waited are added: the worker may have answered long ago. All
        depend on what else the machine does, and must not cost a mark. They are asked for only when
        a limit is reached, since that takes time.
        """
        assert self._worker is not None
        seen = delay_seconds(self._worker.process.pid) + delay_seconds("thread-self")
        most = MOST_DELAY * self.limits.total_seconds - self.delayed
        new = max(0.0, min(seen - self._delay_seen, most))
        self._delay_seen = seen
        self.delayed += new
        return new

    def _receive(self, remaining: wire.Remaining) -> Any:
        assert self._worker is not None
        try:
            return self._worker.channel.receive(remaining)
        except (wire.Disconnected, TooLarge):
            raise
        except WireError as error:
            raise NoReply(str(error)) from None

    def _tell_end(self, error: Exception) -> Text:
        """End the worker, and return how it ended or what was wrong with its message."""
        code = self._end(1.0 if isinstance(error, wire.Disconnected) else 0.0)
        if code is None or isinstance(error, NoReply):
            return english("the process broke off the conversation: {error}", error=error)
        if code < 0:
            return english("the process ended by signal {number}", number=-code)
        return english("the process ended by exit code {number}", number=code)

    def _name_limit(self, report: ExceptionReport) -> ExceptionReport:
        """Add the memory limit to the message of a `MemoryError` in the sandbox."""
        if report.type != "MemoryError" or not self._confined:
            return report
        limit = f"(the limit is {self.limits.memory_mib:,} MiB of memory)"
        return replace(report, message=f"{report.message} {limit}".strip())


class _Clock:
    """Measures one call, and the time that it has left."""

    def __init__(self, worker: Worker, judged: Judged) -> None:
        self._worker = worker
        self._new_delay = judged.take_delay
        limits = judged.limits
        self._call, self._call_cpu = limits.call_seconds, limits.call_cpu_seconds
        self._most = min(self._call, limits.total_seconds - judged.spent)
        self._most_cpu = min(self._call_cpu, limits.total_cpu_seconds - judged.spent_cpu)
        # A worker has one thread, so its processor time never exceeds the wall-clock time. It is
        # looked at only where it could reach its limit first.
        self._needs_cpu = (
            self._most_cpu < self._most or limits.total_cpu_seconds < limits.total_seconds
        )
        self._started = time.monotonic()
        self._started_cpu = worker.cpu_seconds()

    def waited(self) -> float:
        """Return the seconds that count in which the worker has not computed; all if unknown."""
        computed = self._worker.cpu_seconds() - self._started_cpu
        return time.monotonic() - self._started - computed

    def _cpu_seconds(self) -> float:
        return self._worker.cpu_seconds() if self._needs_cpu else 0.0

    def taken(self) -> tuple[float, float]:
        """Return wall-clock and processor seconds so far; the latter may be an upper bound."""
        seconds = time.monotonic() - self._started
        if not self._needs_cpu:
            return seconds, seconds
        return seconds, max(0.0, self._cpu_seconds() - self._started_cpu)

    def remaining(self) -> float:
        """Return the seconds to wait before checking the limits again."""
        seconds, cpu_seconds = self.taken()
        if seconds >= self._most:
            self._started += self._new_delay()  # that of earlier calls, too
            seconds, cpu_seconds = self.taken()
        left, left_cpu = self._most - seconds, self._most_cpu - cpu_seconds
        if not self._needs_cpu or left_cpu <= 0:
            return min(left, left_cpu)
        return min(left, max(left_cpu, 0.01))

    def tell(self) -> Text:
        """Return which limit of a call was reached."""
        if self.taken()[0] >= self._call:
            return english("at the limit of {limit:g} s for one call", limit=self._call)
        return english(
            "at the limit of {limit:g} s of processor time for one call", limit=self._call_cpu
        )


def _too_much(what: object) -> TooMuch:
    return TooMuch(english("your code returned too much: {what}", what=what))


def _answers_in(reply: dict[str, Any]) -> list[Any]:
    return reply["answers"] if "answers" in reply else [reply.get("answer")]
