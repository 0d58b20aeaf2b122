"""Runs at the end of a learner's session that tell whether an earlier exercise is at fault.

They run only if a spec failed in an exercise that builds on others, and show nothing themselves.
"""

import io
import signal
import threading
import warnings
from _thread import interrupt_main
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.course.course import Course, Exercise
from grader.course.modules import offer_of, read_modules
from grader.course.settings import find_course
from grader.mistakes.earlier import DUE_TO_OTHERS, Ends, first_undone, located_findings
from grader.mistakes.fingerprint import Fingerprint, fingerprint_of
from grader.specs.collection import SpecFile
from grader.specs.fixtures import TRANSPORT, provide, read_tree
from grader.specs.lookup import course_of
from grader.specs.markers import IN_PROCESS_TIMEOUT, budget_of, tier_of
from grader.specs.pytest_internals import run_item
from grader.transport.in_process import InProcess
from grader.transport.student import TimedOut
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome, Tier
from grader.worker.module_loader import importable
from grader.worker.source import Source


@dataclass(frozen=True)
class Located:
    """What is due to an earlier exercise.

    Attributes
    ----------
    earlier : str
        Name of the first exercise that is not done, of those that this one builds on.
    findings : dict of str to Finding
        Findings on the specs that did not pass, by name.
    failures : dict of str to (Fingerprint or None)
        Fingerprints of the specs that fail on the reference as well: known mistakes are
        recognised by these.
    """

    earlier: str
    findings: Mapping[str, Finding]
    failures: Mapping[str, Fingerprint | None]


def locate(
    session: pytest.Session,
    exercise: Exercise,
    ends: Ends,
    found: Mapping[str, Finding],
    is_done: Callable[[Exercise], bool | None],
) -> Located | None:
    """Find out whether specs fail because of an earlier exercise.

    Parameters
    ----------
    session : pytest.Session
        The session, which has run its own items.
    exercise : Exercise
        Exercise of the specs.
    ends : sequence of (pytest.Item, BaseException)
        The specs that did not pass, each with the exception that ended it.
    found : mapping of str to Finding
        Findings on these specs, by name.
    is_done : callable
        Returns whether an exercise is done; None if the session has not run all of it.

    Returns
    -------
    Located or None
        None if nothing is due to an earlier exercise, or if that cannot be found out.
    """
    outcomes = {finding.outcome for finding in found.values()}
    if not outcomes & {*DUE_TO_OTHERS, Outcome.BLOCKED} or not _can_interrupt():
        return None
    runs = EarlierRuns(session, exercise)

    def is_done_here(one: Exercise) -> bool:
        known = is_done(one)
        return runs.is_done(one) if known is None else known

    earlier = first_undone(exercise, runs.course, runs.modules, is_done_here)
    if not earlier:
        return None
    due = [item for item, _ in ends if found[item.name].outcome in DUE_TO_OTHERS]
    again = runs.on_reference(due)
    failures = {
        name: fingerprint_of(error) if found[name].outcome is Outcome.FAILED else None
        for name, error in again.items()
        if error is not None
    }
    located = located_findings(ends, found, earlier, again, runs.course)
    return Located(earlier, located, failures)


def _can_interrupt() -> bool:
    return threading.current_thread() is threading.main_thread()


class EarlierRuns:
    """Runs specs of one exercise, and of those that it builds on, in this process.

    Parameters
    ----------
    session : pytest.Session
        The session, which has run its own items.
    exercise : Exercise
        An exercise of which specs have failed.

    Attributes
    ----------
    course : Course
        Course of the exercise.
    modules : dict of str to Source
        The learner's modules by name.
    """

    def __init__(self, session: pytest.Session, exercise: Exercise) -> None:
        self.course = course_of(exercise)
        self.modules = read_tree(self.course)
        self._session = session
        self._exercise = exercise

    def is_done(self, exercise: Exercise) -> bool:
        """Return whether core passes, without the specs that take long; stop at the first."""
        if exercise.module not in self.modules:
            return False
        file: SpecFile = SpecFile.from_parent(self._session, path=exercise.stub)
        file.exercise = exercise
        core = [item for item in file.collect() if tier_of(item) is Tier.CORE]
        return not any(self._run(core, self.modules, only_first=True).values())

    def on_reference(self, items: Sequence[pytest.Item]) -> dict[str, BaseException | None]:
        """Run specs of the exercise with the reference in the place of all earlier ones.

        Parameters
        ----------
        items : sequence of pytest.Item
            Specs of the exercise; those that take long are left out.

        Returns
        -------
        dict of str to BaseException or None
            How they ended, by name; empty if there is no reference solution.
        """
        exercises = self.course.exercises
        before = exercises[: exercises.index(self._exercise)]
        reference = _reference_of(self.course, self._exercise)
        firm = {one.module: reference[one.module] for one in before if one.module in reference}
        return self._run(items, {**self.modules, **firm}) if firm else {}

    def _run(
        self,
        items: Sequence[pytest.Item],
        sources: Mapping[str, Source],
        *,
        only_first: bool = False,
    ) -> dict[str, BaseException | None]:
        """Run specs up to the first that does not pass, or all of them; show nothing."""
        found: dict[str, BaseException | None] = {}
        stash, transport = self._session.config.stash, InProcess(sources)
        stash[TRANSPORT] = lambda: transport
        try:
            with importable(sources, offer_of(self.course)), _unheard():
                for item in items:
                    if budget_of(item) is None:
                        found[item.name] = error = _error_of(item)
                        if only_first and error is not None:
                            break
        finally:
            del stash[TRANSPORT]
        return found


def _reference_of(course: Course, exercise: Exercise) -> dict[str, Source]:
    """Return the reference's modules: of this course, or of the installed one if it is the same."""
    installed = find_course(Path(__file__))
    for one in filter(None, (course, installed)):
        reference = read_modules(one.root / "solutions", one)
        if exercise.module in reference and _spec_in(one, exercise) == exercise.spec.read_bytes():
            return reference
    return {}


def _spec_in(course: Course, exercise: Exercise) -> bytes:
    found = (one.spec for one in course.exercises if one.name == exercise.name)
    return next((spec.read_bytes() for spec in found if spec.is_file()), b"")


def _error_of(item: pytest.Item) -> BaseException | None:
    """Run one spec within the time limit of a learner's own pytest."""
    assert isinstance(item, pytest.Function)
    expired = False

    def expire() -> None:
        nonlocal expired
        expired = True
        interrupt_main()

    timer = threading.Timer(IN_PROCESS_TIMEOUT, expire)
    timer.daemon = True
    # A session in the background ignores Ctrl-C, and could not be interrupted.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        error = run_item(item, provide)
        timer.cancel()
        timer.join()  # if it has gone off, the interrupt comes before the handler is restored
    except KeyboardInterrupt:
        if not expired:
            raise
        error = TimedOut("")
    finally:
        timer.cancel()
        signal.signal(signal.SIGINT, handler or signal.SIG_DFL)
    return error


@contextmanager
def _unheard() -> Iterator[None]:
    """Drop warnings, and what is printed."""
    nowhere = io.StringIO()
    with redirect_stdout(nowhere), redirect_stderr(nowhere), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
