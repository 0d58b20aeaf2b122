"""Collects the hidden spec when a learner names an exercise, and says why a spec failed.

Every pytest in this environment loads this module, also one that has nothing to do with the course.
So what needs NumPy is imported only once there is a spec to run.
"""

import os
import sys
import threading
from collections.abc import Generator
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

import pytest

from grader.course.course import Exercise
from grader.errors import CourseError
from grader.messages.language import chosen, say, tell, use
from grader.messages.message import english
from grader.messages.wrapping import columns
from grader.pytest_plugin.summary import Summary
from grader.specs.collection import SpecFile, SpecItem
from grader.specs.lookup import course_of, exercise_at, exercise_of
from grader.specs.markers import IN_PROCESS_TIMEOUT, MARKERS, budget_of, promise_of, tier_of
from grader.verdicts.verdict import Outcome, Tier

if TYPE_CHECKING:
    from grader.mistakes.fingerprint import Fingerprint
    from grader.verdicts.finding import Finding


MAX_TIMEOUTS = 2
"""So many specs of an exercise may run into it; the rest is then not run."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a learner ask for help, as far as she wants to go."""
    told = "go one step further in helping with what fails; may be given twice"
    parser.getgroup("kata").addoption("--hint", action="count", default=0, help=told)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main() -> None:
    """Speak the learner's language: this is a pytest that she has started, and no judge's."""
    try:
        use(chosen())
    except CourseError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of a spec, and the summary for the learner."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    config.pluginmanager.register(Summary(config), "kata-summary")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let headings fit, for which pytest counts characters, and not columns."""
    if not session.config.pluginmanager.has_plugin("terminalreporter"):
        return
    writer = session.config.get_terminal_writer()
    draw = writer.sep

    def sep(char: str, title: str | None = None, width: int | None = None, **markup: bool) -> None:
        surplus = columns(title) - len(title) if title else 0
        draw(char, title, (width or writer.fullwidth) - surplus, **markup)

    writer.sep = sep  # type: ignore[method-assign, assignment]


# Collecting


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect the hidden spec in place of an exercise's own file."""
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
    # A second BLAS thread gains little at these sizes, and on a busy computer it costs tenfold. It
    # can be prevented only before NumPy is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    config.pluginmanager.register(import_module("grader.specs.fixtures"), "grader.specs.fixtures")


# Running and reporting


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Do not wait for one endless loop a dozen times."""
    if not isinstance(item, SpecItem):
        return
    summary = item.config.pluginmanager.getplugin("kata-summary")
    specs = summary.verdicts.get(exercise_of(item), [])
    if sum(spec.outcome is Outcome.TIMED_OUT for spec in specs) >= MAX_TIMEOUTS:
        from grader.transport.student import TimedOut

        raise TimedOut(
            english("not run: {number} specs before it have taken too long", number=MAX_TIMEOUTS)
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say why a spec failed, in place of a traceback."""
    if isinstance(item, SpecItem) and call.excinfo is not None:
        # From here on it is our time, not the learner's.
        cancel = getattr(item.ihook, "pytest_timeout_cancel_timer", None)
        if cancel is not None:
            cancel(item=item)
    report = yield
    if not isinstance(item, SpecItem):
        return report
    finding = _said(_find(item, call), exercise_of(item)) if call.excinfo else None
    summary = item.config.pluginmanager.getplugin("kata-summary")
    if call.when == "call" or finding:
        summary.add(item, finding)
    if finding is None:
        return report
    assert call.excinfo is not None
    if budget_of(item) is None:  # the known mistakes were not run on the others
        summary.add_failure(item, _fingerprint(call.excinfo.value, finding), report)
    report.outcome = "failed"
    report.longrepr = summary.shorten(str(finding.message))
    report.kata_outcome = finding.outcome  # type: ignore[attr-defined]
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
    if isinstance(error, pytest.fail.Exception) and "pytest-timeout" in str(error):
        frames = [entry.frame.raw for entry in call.excinfo.traceback]
        return Finding(Outcome.TIMED_OUT, _tell_timeout(item, frames))
    if isinstance(error, pytest.fail.Exception | pytest.skip.Exception):
        name = type(error).__name__.lower()
        told = say("your code ended the spec by itself ({how})", how=name)
        return Finding(Outcome.FAILED, told)
    return diagnose(error, exercise, course_of(exercise))


def _said(finding: "Finding", exercise: Exercise) -> "Finding":
    """What was found, in the language that is spoken."""
    return replace(finding, message=tell(finding.message, exercise.root))


def _fingerprint(error: BaseException, finding: "Finding") -> "Fingerprint | None":
    """What a known mistake is recognised by; None where none can be the reason."""
    from grader.mistakes.fingerprint import fingerprint_of

    return fingerprint_of(error) if finding.outcome is Outcome.FAILED else None


def _tell_timeout(item: pytest.Item, frames: list[FrameType]) -> str:
    """Say what ran too long; frames are those of the main thread, outermost first."""
    seconds = budget_of(item) or IN_PROCESS_TIMEOUT
    lines = [
        say("stopped   after {seconds:g} s: is there a loop that never ends?", seconds=seconds)
    ]
    tree = item.path.parents[1]
    for frame in frames:
        path = Path(frame.f_code.co_filename)
        if tree in path.parents:
            lines[1:] = [say("at        ") + f"{path.name}:{frame.f_lineno}"]
    return "\n".join(lines)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Tell what is not written yet from what is wrong."""
    outcome = getattr(report, "kata_outcome", None)
    if report.failed and outcome is not None and outcome.is_waiting:
        waits = outcome is Outcome.BLOCKED
        words = say("blocked") if waits else say("not started")
        return words, "b" if waits else "n", words.upper()
    return None


# Where there is no SIGALRM (Windows), pytest-timeout ends the whole run from another thread. These
# two do the same, but say first which promise was being checked.

_TIMER = pytest.StashKey[threading.Timer]()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_set_timer(item: pytest.Item, settings: Any) -> bool | None:
    """Start the timer of a spec, where it has to be a thread."""
    if settings.method != "thread" or not isinstance(item, SpecItem):
        return None
    timer = threading.Timer(settings.timeout, _end_run, [item, threading.get_ident()])
    item.stash[_TIMER] = timer
    timer.daemon = True
    timer.start()
    return True


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_timeout_cancel_timer(item: pytest.Item) -> bool | None:
    """Stop that timer again."""
    timer = item.stash.get(_TIMER, None)
    if timer is None:
        return None
    timer.cancel()
    return True


def _end_run(item: SpecItem, thread: int) -> None:
    frames: list[FrameType] = []
    frame = sys._current_frames().get(thread)
    while frame is not None:
        frames.insert(0, frame)
        frame = frame.f_back
    item.config.pluginmanager.getplugin("capturemanager").suspend_global_capture(in_=True)
    print(f"\n{promise_of(item)}\n{_tell_timeout(item, frames)}", file=sys.__stderr__, flush=True)
    os._exit(1)
