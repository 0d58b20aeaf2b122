"""Runs the specs of a submission against a worker: submission in, verdict out."""

import os
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from grader import fixtures
from grader.course import Course, Exercise
from grader.diagnosis import Finding, diagnose
from grader.spec import budget_of, exercise_of, verdict_of
from grader.student import Transport
from grader.submission import Submission
from grader.transport import InProcess, Judged, Limits
from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Verdict


@contextmanager
def _without_settings_of_the_environment() -> Iterator[None]:
    """What somebody has set for her own pytest must not change a verdict."""
    names = ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")
    kept = {name: os.environ.pop(name) for name in names if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(kept)


class Judge:
    """One pytest session with all specs of a course, used for one submission after another.

    Collecting the specs takes much longer than running them, so it is done once.

    Parameters
    ----------
    course : Course
        Whose specs.
    exercises : sequence of Exercise, optional
        Collect the specs of these only; by default of all.
    secret : str, default ""
        What the hidden inputs are drawn from.
    confined : bool, default True
        Whether submissions run in the sandbox. If not, they may do what the grader may.
    progress : callable, optional
        Gets a line of text now and then from a spec that takes long.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[Exercise] | None = None,
        secret: str = "",
        confined: bool = True,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.course = course
        self.secret = secret
        self.confined = confined
        self._transport: Transport | None = None
        self._error: BaseException | None = None
        session = self._start_session(exercises or course.exercises)
        self._items: dict[Exercise, list[pytest.Item]] = {}
        for item in session.items:
            self._items.setdefault(exercise_of(item), []).append(item)
        stash = session.config.stash
        stash[fixtures.TRANSPORT] = self._find_transport
        stash[fixtures.SECRET] = lambda: self.secret
        stash[fixtures.PROGRESS] = progress or (lambda line: None)

    def _start_session(self, exercises: Sequence[Exercise]) -> pytest.Session:
        """What `pytest.main` does, up to the point where the items are there."""
        arguments = [
            *("-c", str(self.course.root / "pyproject.toml")),
            *("--rootdir", str(self.course.root)),
            *("-o", "addopts=", "--import-mode=importlib", "--disable-plugin-autoload"),
            *("-p", "grader.pytest_plugin", "-p", "no:terminal", "-p", "no:cacheprovider"),
            *("-p", "no:logging", "-p", "no:faulthandler", "--capture=no", "-W", "ignore"),
            *(str(exercise.spec) for exercise in exercises),
        ]
        # Two courses may have spec files of the same name, and pytest imports a name only once.
        for name in [name for name in sys.modules if name.startswith("tests.specs.")]:
            del sys.modules[name]
        with _without_settings_of_the_environment():
            config = _prepareconfig(arguments, plugins=[self])
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        session.perform_collect()
        return session

    def _find_transport(self) -> Transport:
        assert self._transport is not None
        return self._transport

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Keep the exception that ended a spec."""
        report = yield
        if call.excinfo is not None and self._error is None:
            self._error = call.excinfo.value
        return report

    def judge(
        self,
        submission: Submission,
        transport: Judged | InProcess | None = None,
        *,
        cheap_only: bool = False,
    ) -> Verdict:
        """Judge one submission.

        Parameters
        ----------
        submission : Submission
            What was handed in.
        transport : Judged or InProcess, optional
            The way to its code; by default a worker of its own.
        cheap_only : bool, default False
            Leave out the specs that have a budget of their own.

        Returns
        -------
        Verdict
            The same for the same submission, course and secret.
        """
        if transport is None:
            with Judged(submission.sources, confined=self.confined) as worker:
                return self.judge(submission, worker, cheap_only=cheap_only)
        self._transport = transport
        exercises = tuple(
            ExerciseVerdict(exercise.name, tuple(self._judge_exercise(exercise, cheap_only)))
            for exercise in submission.exercises
        )
        layers = transport.layers if isinstance(transport, Judged) else ()
        return Verdict(submission.name, exercises, layers)

    def _judge_exercise(self, exercise: Exercise, cheap_only: bool) -> Iterator[SpecVerdict]:
        spent = 0.0
        for item in self._items[exercise]:
            budget = budget_of(item)
            if budget and cheap_only:
                continue
            if not isinstance(self._transport, Judged):
                yield verdict_of(item, self._run(item))
                continue
            self._transport.limits = Limits(budget, budget) if budget else Limits()
            self._transport.spent = 0.0 if budget else spent
            finding = self._run(item)
            if not budget:
                spent = self._transport.spent
            yield verdict_of(item, finding, self._transport.take_output())

    def _run(self, item: pytest.Item) -> Finding | None:
        """Run one spec, and say why it failed; None if it explicitly passed."""
        self._error = None
        reports = runtestprotocol(item, nextitem=None, log=False)
        if self._error is not None:
            return diagnose(self._error, exercise_of(item), self.course)
        passed = [report.when for report in reports if report.passed]
        if passed == ["setup", "call", "teardown"]:
            return None
        return Finding(Outcome.GRADER_ERROR, "the spec did not run to its end")
