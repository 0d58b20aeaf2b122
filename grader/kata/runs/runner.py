"""The program that runs the spec of one exercise, once: ``python -m grader.kata.runs.runner STUB``.

It loads everything that does not depend on the learner's code, sends ``ready``, and waits for a
line on its standard input. Then it runs the specs as ``pytest STUB`` would, and writes messages to
its standard output, one JSON object per line:

- ``ready``: the version of the course; ``specs``: all specs, as if they had passed;
- ``checking``: the name of the spec that begins; ``seconds``: its time limit;
- ``progress``: a line of progress of a long spec;
- ``verdict``: the verdict on a spec;
- ``finished``: the verdicts on all specs, with hints; ``seconds``: their total duration;
  ``tries``: for the first spec of each cause, its calls as Python; ``notes``: what else pytest says
  at the end.

What pytest and the learner's code print goes to standard error, so that it cannot be mistaken for
a message.
"""

import json
import os
import sys
from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from grader.pytest_plugin.summary import Summary
from grader.specs.collection import SpecItem
from grader.specs.fixtures import PROGRESS
from grader.specs.lookup import exercise_of
from grader.specs.markers import IN_PROCESS_TIMEOUT, budget_of, verdict_of
from grader.verdicts.codec import plain_spec
from grader.verdicts.conditions import version_of
from grader.verdicts.verdict import SpecVerdict

MOST_PRINTED = 2000
"""Maximum number of characters kept of the output of a spec: the last ones."""

ARGUMENTS = (
    *("-o", "addopts=", "--import-mode=importlib", "--strict-markers", "-p", "no:cacheprovider"),
    *("--disable-plugin-autoload", "-p", "grader.pytest_plugin.plugin", "-p", "pytest_timeout"),
    *("--try", "-q", "--tb=no", "--show-capture=no", "-W", "ignore"),
)


class Conductor:
    """A pytest plugin that waits for the order to run and reports on the session."""

    def __init__(self) -> None:
        # Duplicates: the learner's code must neither read orders nor write messages by accident.
        self._orders = os.fdopen(os.dup(0), "r")
        self._answers = os.fdopen(os.dup(1), "w", encoding="ascii")
        os.dup2(2, 1)
        self._printed: dict[str, str] = {}
        self._seconds = 0.0

    def _tell(self, **content: Any) -> None:
        self._answers.write(json.dumps(content) + "\n")
        self._answers.flush()

    @pytest.hookimpl(trylast=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Report the progress of long specs."""
        config.stash[PROGRESS] = lambda line: self._tell(progress=line)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Report the specs, then wait for the order to run; exit if the parent has ended."""
        specs = [_as_if_passed(item) for item in session.items if isinstance(item, SpecItem)]
        if not specs:
            return
        root = exercise_of(session.items[0]).root
        self._tell(ready=version_of(root), specs=[plain_spec(spec) for spec in specs])
        if not self._orders.readline():
            os._exit(0)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> None:
        """Report the spec that begins: it may have to be killed."""
        self._tell(checking=item.name, seconds=budget_of(item) or IN_PROCESS_TIMEOUT)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep what the spec has printed, which is shown if it fails."""
        report = yield
        self._printed[item.name] = report.capstdout[-MOST_PRINTED:]
        self._seconds += report.duration
        return report

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int, str]) -> None:
        """Report the verdict on the spec that has ended."""
        verdicts = self._verdicts()
        if verdicts:
            self._tell(verdict=plain_spec(verdicts[-1]))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Report all verdicts again: by now the diagnosis has added hints."""
        verdicts = [plain_spec(verdict) for verdict in self._verdicts()]
        summary = self._summary
        self._tell(
            finished=verdicts, seconds=self._seconds, tries=summary.tries, notes=summary.notes()
        )

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Find the plugin that collects the verdicts."""
        self._summary: Summary = session.config.pluginmanager.getplugin("kata-summary")

    def _verdicts(self) -> list[SpecVerdict]:
        return [
            spec if spec.passed else replace(spec, output=self._printed.get(spec.name, ""))
            for specs in self._summary.verdicts.values()
            for spec in specs
        ]


def _as_if_passed(item: SpecItem) -> SpecVerdict:
    return verdict_of(item, None)


def main() -> None:
    """Run the specs of one exercise."""
    # Needed only if a spec fails, but imported now, before the learner waits for a result.
    import grader.mistakes.diagnosis  # noqa: F401

    stub = Path(sys.argv[1])
    conductor = Conductor()
    sys.exit(pytest.main([*ARGUMENTS, str(stub)], plugins=[conductor]))


if __name__ == "__main__":
    main()
