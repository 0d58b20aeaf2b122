"""Collects the hidden spec when a learner names an exercise, and tells her what it found.

The same fixtures serve a learner's pytest, where her code runs in-process, and the judge's session,
which says through the config's stash where a submission's code is.
"""

import os
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest

from grader.course import Exercise
from grader.diagnosis import RAISED, Finding, diagnose
from grader.spec import (
    MARKERS,
    budget_of,
    course_of,
    exercise_at,
    exercise_of,
    promise_of,
    seed_of,
    tier_of,
    verdict_of,
)
from grader.student import Student, TimedOut, Transport
from grader.submission import read_tree
from grader.transport import InProcess
from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier
from grader.workbench import importable

IN_PROCESS_TIMEOUT = 5
"""Seconds that one spec may take in a learner's own pytest."""

MAX_TIMEOUTS = 2
"""So many specs of an exercise may run into it; the rest is then not run."""

TRANSPORT = pytest.StashKey[Callable[[], Transport]]()
"""On the judge's config: gives the transport to the submission under judgement."""

SECRET = pytest.StashKey[Callable[[], str]]()
"""On the judge's config: gives what the hidden inputs are drawn from."""

PROGRESS = pytest.StashKey[Callable[[str], None]]()
"""On the judge's config: shows one line about a spec that takes long."""


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers of a spec, and the summary for the learner."""
    for line in MARKERS:
        config.addinivalue_line("markers", line)
    config.pluginmanager.register(_Summary(config), "kata-summary")


# Collecting


class SpecFile(pytest.Module):
    """The hidden spec of an exercise, under the path of the learner's own file."""

    exercise: Exercise

    def _getobj(self) -> Any:
        spec: pytest.Module = pytest.Module.from_parent(self.parent, path=self.exercise.spec)
        return spec.obj

    def collect(self) -> Iterator[pytest.Item]:
        """Collect the specs; they are shown at the class or function that they check."""
        for item in super().collect():
            assert isinstance(item, pytest.Function)
            spec: SpecItem = SpecItem.from_parent(self, name=item.name, callobj=item.obj)
            seconds = budget_of(spec) or IN_PROCESS_TIMEOUT
            spec.add_marker(pytest.mark.timeout(seconds))
            yield spec


class SpecItem(pytest.Function):
    """One spec, located in the learner's own file."""

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where an editor should lead to, and under which heading a failure is shown."""
        return self.path, _line_of(self.path, self.name), promise_of(self)


def _line_of(path: Path, spec_name: str) -> int:
    """The line, from 0, of the class or function that a spec's name mentions."""
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines()):
        keyword, _, rest = line.partition(" ")
        name = rest.split("(")[0].split(":")[0]
        if keyword in ("class", "def") and f"_{name}_" in f"{spec_name}_":
            return number
    return 0


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[pytest.Collector], list[pytest.Collector]]:
    """Collect the hidden spec in place of an exercise's own file."""
    collected = yield
    exercise = exercise_at(file_path)
    if exercise is None or file_path != exercise.stub:
        return collected
    spec: SpecFile = SpecFile.from_parent(parent, path=file_path)
    spec.exercise = exercise
    return [spec]


# Fixtures


@pytest.fixture(scope="module")
def _in_process(request: pytest.FixtureRequest) -> Iterator[InProcess]:
    """The code beside a spec: the learner's, or the reference for a spec named by itself."""
    exercise = exercise_at(request.path)
    assert exercise is not None
    reference = request.path == exercise.spec
    tree = exercise.root / ("solutions" if reference else "exercises")
    sources = read_tree(tree, course_of(exercise))
    with importable(sources):
        yield InProcess(sources)


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Iterator[Student]:
    """The learner's module, as a spec sees it."""
    find_transport = request.config.stash.get(TRANSPORT, None)
    transport = find_transport() if find_transport else request.getfixturevalue("_in_process")
    student = Student(transport, exercise_of(request.node).module, _seed(request))
    yield student
    student.close()


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """What a spec draws its inputs from."""
    return np.random.default_rng(_seed(request))


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Shows one line about a spec that takes long."""
    return request.config.stash.get(PROGRESS, None) or _print_past_capture(request.config)


def _seed(request: pytest.FixtureRequest) -> int:
    find_secret = request.config.stash.get(SECRET, None)
    return seed_of(request.node, find_secret() if find_secret else "")


def _print_past_capture(config: pytest.Config) -> Callable[[str], None]:
    terminal = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")

    def show(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return show


# Running and reporting


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Do not wait for one endless loop a dozen times."""
    if not isinstance(item, SpecItem):
        return
    summary = item.config.pluginmanager.getplugin("kata-summary")
    specs = summary.verdicts.get(exercise_of(item), [])
    if sum(spec.outcome is Outcome.TIMED_OUT for spec in specs) >= MAX_TIMEOUTS:
        raise TimedOut(f"not run: {MAX_TIMEOUTS} specs before it have taken too long")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Say why a spec failed, in place of a traceback."""
    report = yield
    if not isinstance(item, SpecItem):
        return report
    finding = _find(item, call) if call.excinfo else None
    summary = item.config.pluginmanager.getplugin("kata-summary")
    if call.when == "call" or finding:
        summary.add(item, finding)
    if finding is None or finding.outcome is Outcome.GRADER_ERROR:
        return report
    report.outcome = "failed"
    report.longrepr = summary.shorten(finding.message)
    report.kata_outcome = finding.outcome  # type: ignore[attr-defined]
    if tier_of(item) is Tier.STRETCH:
        report.outcome = "skipped"
        report.wasxfail = f"stretch: {finding.message.splitlines()[0]}"
    return report


def _find(item: SpecItem, call: pytest.CallInfo[None]) -> Finding:
    assert call.excinfo is not None
    error = call.excinfo.value
    exercise = exercise_of(item)
    if isinstance(error, pytest.fail.Exception) and "pytest-timeout" in str(error):
        frames = [entry.frame.raw for entry in call.excinfo.traceback]
        return Finding(Outcome.TIMED_OUT, _tell_timeout(item, frames))
    if isinstance(error, pytest.fail.Exception | pytest.skip.Exception):
        name = type(error).__name__.lower()
        return Finding(Outcome.FAILED, f"your code ended the spec by itself ({name})")
    return diagnose(error, exercise, course_of(exercise))


def _tell_timeout(item: pytest.Item, frames: list[FrameType]) -> str:
    """Say what ran too long; frames are those of the main thread, outermost first."""
    seconds = budget_of(item) or IN_PROCESS_TIMEOUT
    lines = [f"stopped   after {seconds:g} s: is there a loop that never ends?"]
    tree = item.path.parents[1]
    for frame in frames:
        path = Path(frame.f_code.co_filename)
        if tree in path.parents:
            lines[1:] = [f"at        {path.name}:{frame.f_lineno}"]
    return "\n".join(lines)


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """Tell what is not written yet from what is wrong."""
    outcome = getattr(report, "kata_outcome", None)
    if report.failed and outcome in (Outcome.NOT_STARTED, Outcome.BLOCKED):
        words = outcome.value.lower().replace("_", " ")
        return words, words[0], words.upper()
    return None


class _Summary:
    """What a learner reads last: what is not written yet, what is done, and what comes next."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.verdicts: dict[Exercise, list[SpecVerdict]] = {}
        self.deselected: set[Exercise] = set()
        self.told: set[tuple[str, str]] = set()

    def add(self, item: SpecItem, finding: Finding | None) -> None:
        """Note what became of a spec."""
        self.verdicts.setdefault(exercise_of(item), []).append(verdict_of(item, finding))

    def shorten(self, message: str) -> str:
        """An exception that has been told of before is told again in one line."""
        if not message.startswith(RAISED):
            return message
        first, *_, last = [*message.splitlines(), ""]
        if (first, last) in self.told:
            return f"as above  {first.removeprefix(RAISED)}"
        self.told.add((first, last))
        return message

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Spare a learner the list of failures after the failures."""
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        if terminal and session.items and all(isinstance(i, SpecItem) for i in session.items):
            terminal.reportchars = terminal.reportchars.replace("f", "").replace("E", "")

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected |= {exercise_of(item) for item in items if isinstance(item, SpecItem)}

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Say once what is not written yet, apart from what is wrong."""
        for exercise, verdicts in self.verdicts.items():
            waiting = [
                spec for spec in verdicts if spec.outcome in (Outcome.NOT_STARTED, Outcome.BLOCKED)
            ]
            if not waiting:
                continue
            terminalreporter.write_sep("-", f"not written yet in {exercise.filename}")
            for message in dict.fromkeys(spec.message for spec in waiting):
                terminalreporter.write_line(f"  {message}")

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        """Say what is done and what to run next, as the very last line."""
        result = yield
        terminal = self.config.pluginmanager.getplugin("terminalreporter")
        for exercise, verdicts in self.verdicts.items():
            terminal.write_line(
                self._tell(exercise, ExerciseVerdict(exercise.name, tuple(verdicts)))
            )
        return result

    def _tell(self, exercise: Exercise, verdict: ExerciseVerdict) -> str:
        core, stretch = verdict.of(Tier.CORE), verdict.of(Tier.STRETCH)
        kept = sum(spec.passed for spec in core)
        stars = "".join("★" if spec.passed else "☆" for spec in stretch)
        told = (
            f"{exercise.name}: {kept} of {len(core)} core, {verdict.points} points {stars}".rstrip()
        )
        if exercise in self.deselected or self.config.option.maxfail:
            return f"{told} (of the specs that were run)"
        if not verdict.done:
            return f"{told}. Next: pytest {self._path(exercise)}"
        exercises = course_of(exercise).exercises
        later = exercises[exercises.index(exercise) + 1 :]
        if not later:
            return f"{told}. Done, and it was the last one."
        return f"{told}. Done! Next: pytest {self._path(later[0])}"

    def _path(self, exercise: Exercise) -> str:
        return os.path.relpath(exercise.stub.parent, self.config.invocation_params.dir)


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
