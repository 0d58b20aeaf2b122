"""The hooks of the pytest plugin: collects the spec of an exercise, and explains failures.

Every pytest run in this environment loads this module, even outside the course. Modules that need
NumPy are therefore imported only once there is a spec to run.
"""

import os
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from grader.course.course import Exercise
from grader.errors import CourseError
from grader.messages.language import chosen, say, tell, use
from grader.messages.wrapping import columns
from grader.pytest_plugin import own_tests, parallel, timeouts
from grader.pytest_plugin.summary import Summary
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.lookup import course_of, exercise_at, exercise_of
from grader.specs.markers import MARKERS, budget_of, promise_of, tier_of
from grader.specs.pytest_internals import accept_brackets, measure_headings
from grader.verdicts.verdict import Outcome, Tier

if TYPE_CHECKING:
    from grader.mistakes.fingerprint import Fingerprint
    from grader.verdicts.finding import Finding


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options ``--hint`` and ``--try``."""
    group = parser.getgroup("kata")
    told = "go one step further in helping with what fails; may be given twice"
    group.addoption("--hint", action="count", default=0, help=told)
    told = "print what was called as Python, to paste and try"
    group.addoption("--try", action="store_true", dest="tries", help=told)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main() -> None:
    """Use the learner's language. The judge's session does not call this hook."""
    try:
        use(chosen())
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of specs, and the other parts of this plugin."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    config.pluginmanager.register(Summary(config), "kata-summary")
    config.pluginmanager.register(timeouts, "kata-timeouts")
    config.pluginmanager.register(own_tests, "kata-own-tests")
    config.pluginmanager.register(parallel, "kata-parallel")
    parallel.keep_together(config)
    accept_brackets(config)


def pytest_sessionstart(session: pytest.Session) -> None:
    """Center headings by display width, since pytest counts characters."""
    if session.config.pluginmanager.has_plugin("terminalreporter"):
        measure_headings(session.config, columns)


# Collecting


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect the hidden spec in place of the stub of an exercise."""
    collected = yield
    exercise = exercise_at(file_path)
    if exercise is None:
        return collected
    _provide_fixtures(parent.config)
    if file_path != exercise.stub:
        return collected
    spec: SpecFile = SpecFile.from_parent(parent, path=file_path)
    spec.exercise = exercise
    return [spec]


def _provide_fixtures(config: pytest.Config) -> None:
    if config.pluginmanager.has_plugin("grader.specs.fixtures"):
        return
    # A second BLAS thread gains little at these sizes, and makes a busy computer ten times slower.
    # The variable has an effect only before NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    config.pluginmanager.register(import_module("grader.specs.fixtures"), "grader.specs.fixtures")


# Running and reporting


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Replace the traceback of a spec by the diagnosis."""
    if isinstance(item, SpecItem) and call.excinfo is not None:
        # The time of the diagnosis does not count for the learner's code.
        cancel = getattr(item.ihook, "pytest_timeout_cancel_timer", None)
        if cancel is not None:
            cancel(item=item)
    report = yield
    if not isinstance(item, SpecItem):
        return report
    report.nodeid = item.nodeid  # pytest has taken the id without the repetition
    found = _find(item, call) if call.excinfo else None
    finding = found and _said(found, exercise_of(item))
    summary = item.config.pluginmanager.getplugin("kata-summary")
    if call.when == "call" or finding:
        summary.add(item, finding)
        report.user_properties = list(item.user_properties)
        summary.add_spent(item, finding)
    if found is None or finding is None:
        return report
    assert call.excinfo is not None
    summary.add_end(item, call.excinfo.value, found)
    if budget_of(item) is None:  # the known mistakes were not run on the others
        summary.add_failure(item, _fingerprint(call.excinfo.value, finding))
        if item.config.getoption("tries"):
            _add_try(item, call.excinfo.value)
    exercise = exercise_of(item)
    report.kata_spec = [str(exercise.root), exercise.name, item.name]  # type: ignore[attr-defined]
    report.outcome = "failed"
    report.longrepr = str(finding.message)
    report.kata_outcome = finding.outcome.value  # type: ignore[attr-defined] # plain, for xdist
    if tier_of(item) is Tier.STRETCH:
        report.outcome = "skipped"
        report.wasxfail = say("stretch: {promise}", promise=promise_of(item))
    return report


def _find(item: SpecItem, call: pytest.CallInfo[None]) -> "Finding":
    from grader.mistakes.diagnosis import diagnose
    from grader.verdicts.finding import Finding

    assert call.excinfo is not None
    error = call.excinfo.value
    exercise = exercise_of(item)
    if timeouts.is_timeout(error):
        frames = [entry.frame.raw for entry in call.excinfo.traceback]
        return Finding(Outcome.TIMED_OUT, timeouts.tell_timeout(item, frames))
    if isinstance(error, pytest.fail.Exception | pytest.skip.Exception):
        name = type(error).__name__.lower()
        told = say("your code ended the spec by itself ({how})", how=name)
        return Finding(Outcome.FAILED, told)
    return diagnose(error, exercise, course_of(exercise))


def _add_try(item: SpecItem, error: BaseException) -> None:
    from grader.pytest_plugin.programs.tries import program_of
    from grader.specs.fixtures import student_of

    student, exercise = student_of(item), exercise_of(item)
    summary = item.config.pluginmanager.getplugin("kata-summary")
    if student is not None:
        write = partial(program_of, exercise, item.name, student, error)
        summary.programs[exercise, item.name] = write


def _said(finding: "Finding", exercise: Exercise) -> "Finding":
    """Translate a finding into the current language."""
    return replace(finding, message=tell(finding.message, exercise.root))


def _fingerprint(error: BaseException, finding: "Finding") -> "Fingerprint | None":
    """Return what known mistakes are compared with; None unless the spec failed."""
    from grader.mistakes.fingerprint import fingerprint_of

    return fingerprint_of(error) if finding.outcome is Outcome.FAILED else None


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Report the outcome of a spec under its own name, such as "not started"."""
    value: str | None = getattr(report, "kata_outcome", None)
    if not report.failed or value is None or value == Outcome.FAILED:
        return None
    outcome = Outcome(value)
    from grader.verdicts.outcome_labels import word

    told = word(outcome)
    if outcome.is_waiting:
        return told, "b" if outcome is Outcome.BLOCKED else "n", told.upper()
    return "failed", "F", told.upper()
