"""Runs the specs of a submission against a worker: submission in, verdict out."""

from collections.abc import Callable, Generator, Iterator, Sequence

import pytest
from _pytest.config import _prepareconfig
from _pytest.runner import runtestprotocol

from grader import pytest_plugin
from grader.course import Course, Exercise
from grader.diagnosis import Finding, diagnose
from grader.spec import budget_of, exercise_of, verdict_of
from grader.student import Transport
from grader.submission import Submission
from grader.transport import Judged, Limits
from grader.verdict import ExerciseVerdict, Outcome, SpecVerdict, Verdict


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
    progress : callable, optional
        Gets a line of text now and then from a spec that takes long.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[Exercise] | None = None,
        secret: str = "",
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.course = course
        self.secret = secret
        self._transport: Transport | None = None
        self._error: BaseException | None = None
        self._session = self._start_session(exercises or course.exercises)
        stash = self._session.config.stash
        stash[pytest_plugin.TRANSPORT] = self._find_transport
        stash[pytest_plugin.SECRET] = lambda: self.secret
        stash[pytest_plugin.PROGRESS] = progress or (lambda line: None)

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

    def judge(self, submission: Submission, transport: Transport | None = None) -> Verdict:
        """Judge one submission.

        Parameters
        ----------
        submission : Submission
            What was handed in.
        transport : Transport, optional
            The way to its code; by default a worker process.

        Returns
        -------
        Verdict
            The same for the same submission, course and secret.
        """
        worker = None if transport else Judged(submission.sources)
        self._transport = transport or worker
        try:
            exercises = tuple(
                ExerciseVerdict(exercise.name, tuple(self._judge_exercise(exercise, worker)))
                for exercise in submission.exercises
            )
        finally:
            if worker:
                worker.close()
        return Verdict(submission.name, exercises)

    def _judge_exercise(self, exercise: Exercise, worker: Judged | None) -> Iterator[SpecVerdict]:
        items = [item for item in self._session.items if exercise_of(item) == exercise]
        spent = 0.0
        for item in items:
            if worker:
                budget = budget_of(item)
                worker.limits = Limits(budget, budget) if budget else Limits()
                worker.spent = 0.0 if budget else spent
            finding = self._run(item)
            if worker and not budget_of(item):
                spent = worker.spent
            yield verdict_of(item, finding, worker.take_output() if worker else "")

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
