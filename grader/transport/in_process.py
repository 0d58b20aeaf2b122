"""The transport of a learner's own pytest: the code runs in this process."""

from collections.abc import Generator, Mapping
from typing import Any

import pytest

from grader.transport.student import StudentError, TimedOut
from grader.worker import wire
from grader.worker.exception_report import describe, own_traceback
from grader.worker.source import Source
from grader.worker.workbench import CallBack, Workbench


class InProcess:
    """The transport of a learner's own pytest: her code runs in this very process.

    Parameters
    ----------
    sources : mapping of str to Source
        The modules by name: her exercise, and those that it builds on. They must be `importable`.
    """

    checks_wait = False  # an exchange costs nothing, and a failure is shown at its own line

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._workbench = Workbench(sources)

    def exchange(
        self, requests: list[dict[str, Any]], call_back: CallBack
    ) -> Generator[Any, None, None]:
        """Perform requests, each when its answer is needed; see `Transport`.

        Raises
        ------
        StudentError
            If her code raises. Its traceback ends at her own deepest line, for ``--pdb``.
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
