"""The transport that runs the learner's code in this process, for the learner's own pytest."""

import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grader.transport.shared_arrays import share
from grader.transport.student import StudentError, TimedOut, call_nothing
from grader.worker import wire
from grader.worker.exception_report import describe, own_traceback
from grader.worker.source import Source
from grader.worker.wire import reply_bounds
from grader.worker.workbench import CallBack, Workbench

_REPLY = reply_bounds()


@dataclass
class Spent:
    """Time that the learner's code took.

    Attributes
    ----------
    total : float
        Seconds in all calls together.
    longest : float
        Seconds in one call, or until it called a function of the spec.
    name : str
        What was called then.
    """

    total: float = 0.0
    longest: float = 0.0
    name: str = ""

    def add(self, seconds: float, longest: float, name: str) -> None:
        """Add the time of calls, of which the longest is named."""
        self.total += seconds
        if longest > self.longest:
            self.longest, self.name = longest, name


class InProcess:
    """A transport that runs the learner's code in this process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules by name: the exercise and those that it builds on. They must be `importable`.
    is_examined : bool, default True
        Whether the code is searched for the likely causes of its failures.

    Attributes
    ----------
    spent : Spent
        Time that the code took; may be replaced between two specs.
    """

    judge_mib = None
    checks_wait = False  # an exchange is cheap, and a failure then points to its own line

    def __init__(self, sources: Mapping[str, Source], *, is_examined: bool = True) -> None:
        self.sources = sources
        self.spent = Spent()
        self._is_examined = is_examined
        self._shared: dict[int, memoryview] = {}
        self._workbench = Workbench(sources, shared=self._shared)

    def share(self, values: np.ndarray) -> wire.SharedArray:
        """Let requests refer to an array; see `Transport.share`."""
        shared = share(values)
        self._shared[shared.reference.number] = shared.content
        return shared.reference

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        """Perform each request when its answer is needed; see `Transport.exchange`.

        Raises
        ------
        StudentError
            If the learner's code raises. The traceback ends at the learner's innermost line, for
            ``--pdb``.
        """
        for request in requests:
            if self._workbench.is_loading:
                told = "before it began: importing it took too long, and is not tried again"
                raise TimedOut(told)
            try:
                answer = self._perform(wire.cross(request), call_back)
            except StudentError:
                self._workbench.is_loading = False
                raise
            yield answer

    def suspect(self, request: dict[str, Any]) -> Any:
        """Ask about the code after a spec has failed; see `Transport.suspect`."""
        return next(self.exchange([request], call_nothing)) if self._is_examined else ""

    def _perform(self, request: dict[str, Any], call_back: CallBack) -> Any:
        begun = time.perf_counter()

        def crossing(number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
            nonlocal begun
            self._note(request, begun)
            answer = wire.cross(call_back(number, *wire.cross((args, kwargs), _REPLY)))
            begun = time.perf_counter()
            return answer

        try:
            return wire.cross(self._workbench.perform(request, crossing), _REPLY)
        except (KeyboardInterrupt, pytest.fail.Exception, pytest.exit.Exception):
            raise  # from Ctrl-C or pytest-timeout, not from the learner's code
        except BaseException as error:
            reported = StudentError(describe(error, self.sources))
            raise reported.with_traceback(own_traceback(error, self.sources)) from None
        finally:
            self._note(request, begun)

    def _note(self, request: dict[str, Any], begun: float) -> None:
        seconds = time.perf_counter() - begun
        self.spent.add(seconds, seconds, _name_of(request))


def _name_of(request: dict[str, Any]) -> str:
    """Return the name of the function, class or attribute that a request is about."""
    target = request.get("target")
    steps = target.steps if isinstance(target, wire.Reference) else ()
    return next((str(key) for kind, key in reversed(steps) if kind == "attribute"), "")
