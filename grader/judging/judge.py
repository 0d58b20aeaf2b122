"""Runs the specs of a submission against a worker: submission in, verdict out."""

import io
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, redirect_stdout, suppress
from dataclasses import replace
from functools import cache, cached_property
from typing import Any

import pytest
from _pytest.config import _prepareconfig

from grader.course.course import Course, Exercise, FollowThrough
from grader.course.limits import Limits
from grader.course.modules import read_modules, tell_borrowed
from grader.errors import CourseError
from grader.judging.follow_through import may_be_due_to_another, on_top_of
from grader.messages.explanation import Reason
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.diagnosis import diagnose, hints_of
from grader.mistakes.fingerprint import Fingerprint, fingerprint_of
from grader.mistakes.known_failures import KnownMistake, read
from grader.mistakes.recognise import narrow, place_of, recognise
from grader.specs import fixtures
from grader.specs.lookup import exercise_of
from grader.specs.markers import budget_of, verdict_of
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import Transport
from grader.transport.worker_process import sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Verdict
from grader.worker.module_loader import importable
from grader.worker.source import Source


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
    limits : Limits, optional
        What a submission may take.
    progress : callable, optional
        Gets a line of text now and then from a spec that takes long.
    follow_through : {"off", "report", "count"}, default "off"
        Whether what fails is tried again on top of the reference; see
        `grader.judging.follow_through`.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[Exercise] | None = None,
        secret: str = "",
        confined: bool = True,
        limits: Limits | None = None,
        progress: Callable[[str], None] | None = None,
        follow_through: FollowThrough = "off",
    ) -> None:
        self.course = course
        self.follow_through = follow_through
        self.secret = secret
        self.confined = confined
        self.limits = limits or course.limits
        self._transport: Transport | None = None
        with warnings.catch_warnings():  # a session sets its own for good
            session = self._start_session(exercises or course.exercises)
        self._items: dict[Exercise, list[pytest.Item]] = {}
        self._named = {item.name: item for item in session.items}
        self._known: dict[Exercise, list[KnownMistake]] = {}
        self._narrowed: dict[Exercise, list[KnownMistake]] = {}
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
            *("--confcutdir", str(self.course.root / "tests" / "specs")),  # as in `conditions`
            *("-o", "addopts=", "--import-mode=importlib", "--disable-plugin-autoload"),
            *("-p", "grader.pytest_plugin.plugin", "-p", "no:terminal", "-p", "no:cacheprovider"),
            *("-p", "no:logging", "-p", "no:faulthandler", "--capture=no", "-W", "ignore"),
            *("-p", "no:debugging"),  # of which a learner's own session has the only one
            *(str(exercise.spec) for exercise in exercises),
        ]
        # Two courses may have spec files of the same name, and pytest imports a name only once.
        for name in [name for name in sys.modules if name.startswith("tests.specs.")]:
            del sys.modules[name]
        with _without_settings_of_the_environment():
            config = _prepareconfig(arguments)
        config._do_configure()
        session = pytest.Session.from_config(config)
        config.hook.pytest_sessionstart(session=session)
        session.perform_collect()
        return session

    def _find_transport(self) -> Transport:
        assert self._transport is not None
        return self._transport

    def judge(self, submission: Submission) -> Verdict:
        """Judge one submission.

        Each exercise gets a worker of its own: what another one did there cannot matter to it.

        Parameters
        ----------
        submission : Submission
            What was handed in.

        Returns
        -------
        Verdict
            The same for the same submission and conditions.
        """
        if submission.problem != "":
            return self.refuse(submission, Outcome.NOT_STARTED, submission.problem)
        exercises = []
        for exercise in submission.exercises:
            if submission.borrowed(exercise):
                reason = tell_borrowed(exercise)
                exercises.append(self._refuse(exercise, Outcome.NOT_STARTED, reason))
                continue
            with self._worker(submission.sources) as worker:
                verdict = self.judge_exercise(exercise, worker)
            exercises.append(self._followed_through(exercise, verdict, submission))
        return self._verdict(submission, exercises)

    def _worker(self, sources: Mapping[str, Source]) -> Judged:
        return Judged(sources, confined=self.confined, limits=self.limits)

    def _followed_through(
        self, exercise: Exercise, verdict: ExerciseVerdict, submission: Submission
    ) -> ExerciseVerdict:
        """A verdict, with what becomes of the exercise on top of the reference, if that is due."""
        if self.follow_through == "off" or not may_be_due_to_another(verdict):
            return verdict
        sources = on_top_of(exercise, self.course, submission.sources, self._reference)
        if not sources:
            return verdict
        try:
            with self._without_progress(), self._worker(sources) as worker:
                through = tuple(self._outcomes(exercise, worker))
        except Exception:  # whose text may hold what the code said
            through = (Outcome.GRADER_ERROR,) * len(verdict.specs)
        counts = self.follow_through == "count"
        return replace(verdict, through=through, through_counts=counts)

    @contextmanager
    def _without_progress(self) -> Iterator[None]:
        """Let no spec tell how it gets on."""
        stash = next(iter(self._named.values())).config.stash
        told, stash[fixtures.PROGRESS] = stash[fixtures.PROGRESS], lambda line: None
        try:
            yield
        finally:
            stash[fixtures.PROGRESS] = told

    def _outcomes(self, exercise: Exercise, worker: Judged) -> Iterator[Outcome]:
        """What becomes of each spec, and nothing else of what the code answers or prints."""
        for item in self._items[exercise]:
            budget = budget_of(item)
            with worker.budget(budget) if budget else nullcontext():
                error = self._run(item, worker)
            worker.take_output()
            found = None if error is None else diagnose(error, exercise, self.course)
            yield found.outcome if found else Outcome.PASSED

    @cached_property
    def _reference(self) -> dict[str, Source]:
        return read_modules(self.course.root / "solutions", self.course)

    def refuse(self, submission: Submission, outcome: Outcome, reason: Reason) -> Verdict:
        """The verdict on a submission that is not judged.

        Parameters
        ----------
        submission : Submission
            What was handed in.
        outcome : Outcome
            What becomes of each spec.
        reason : str, Message or Explanation
            Why.

        Returns
        -------
        Verdict
            It has all specs, so that a row in the gradebook says out of how many points.
        """
        return self._verdict(
            submission,
            [self._refuse(exercise, outcome, reason) for exercise in submission.exercises],
        )

    def _refuse(self, exercise: Exercise, outcome: Outcome, reason: Reason) -> ExerciseVerdict:
        finding = Finding(outcome, reason)
        items = self._items[exercise]
        return ExerciseVerdict(exercise.name, tuple(verdict_of(item, finding) for item in items))

    def _verdict(self, submission: Submission, exercises: Sequence[ExerciseVerdict]) -> Verdict:
        layers = sandbox_layers() if self.confined else ()
        conditions = conditions_of(
            self.course, self.secret, self.limits, layers, self.follow_through
        )
        return Verdict(
            submission.name, tuple(exercises), submission.hash, conditions, submission.notes
        )

    def judge_exercise(
        self, exercise: Exercise, transport: Judged | InProcess, *, cheap_only: bool = False
    ) -> ExerciseVerdict:
        """Judge one exercise.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        transport : Judged or InProcess
            The way to the submission's code.
        cheap_only : bool, default False
            Leave out the specs that have a budget of their own.

        Returns
        -------
        ExerciseVerdict
            The verdicts on its specs.
        """
        ends = []
        for item in self._items[exercise]:
            budget = budget_of(item)
            if budget and cheap_only:
                continue
            if isinstance(transport, Judged):
                with transport.budget(budget) if budget else nullcontext():
                    error = self._run(item, transport)
                ends.append((item, error, transport.take_output()))
            else:
                ends.append((item, self._run(item, transport), ""))
        found = self._find(exercise, [(item, error) for item, error, _ in ends])
        return ExerciseVerdict(
            exercise.name,
            tuple(verdict_of(item, found.get(item.name), output) for item, _, output in ends),
        )

    def _find(
        self, exercise: Exercise, ends: Sequence[tuple[pytest.Item, BaseException | None]]
    ) -> dict[str, Finding]:
        """Say of each spec that did not pass why."""
        found = {i.name: diagnose(e, exercise, self.course) for i, e in ends if e is not None}
        cheap = [(item.name, error) for item, error in ends if _is_cheap(item)]
        failures = {
            spec: fingerprint_of(error) if found[spec].outcome is Outcome.FAILED else None
            for spec, error in cheap
            if error is not None
        }
        if any(failures.values()):
            ran = [spec for spec, _ in cheap]
            for spec, known in recognise(self._likely(exercise), failures, ran).items():
                hints, mistake = hints_of(known, exercise)
                found[spec] = replace(found[spec], hints=hints, mistake=mistake)
        return found

    def _likely(self, exercise: Exercise) -> list[KnownMistake]:
        """The known mistakes, each run only on specs that it fails with a learner's inputs, too.

        Most of them pass most specs, and to find that out again takes as long as to judge them.
        """
        if exercise not in self._narrowed:
            written: dict[str, KnownMistake] = {}
            with suppress(CourseError):
                written = {one.name: one for one in read(exercise.fingerprints)}
            known = self.known(exercise)
            self._narrowed[exercise] = [narrow(one, written.get(one.name)) for one in known]
        return self._narrowed[exercise]

    def cheap_specs(self, exercise: Exercise) -> list[str]:
        """The names of the specs that the known mistakes are run on.

        Parameters
        ----------
        exercise : Exercise
            Whose.

        Returns
        -------
        list of str
            All but those with a budget of their own.
        """
        return [item.name for item in self._items[exercise] if _is_cheap(item)]

    def known(self, exercise: Exercise) -> list[KnownMistake]:
        """The known mistakes of an exercise.

        Parameters
        ----------
        exercise : Exercise
            The exercise.

        Returns
        -------
        list of KnownMistake
            How each fails a spec is found out when it is asked for, and once.
        """
        if exercise not in self._known:
            self._known[exercise] = list(self._find_known(exercise))
        return self._known[exercise]

    def _find_known(self, exercise: Exercise) -> Iterator[KnownMistake]:
        if not exercise.solution.is_file():
            return
        # A faulty catalogue names nothing, and stops nobody: `grader check` tells of it.
        with suppress(CourseError):
            for mistake in read_mistakes(exercise):
                with suppress(CourseError):
                    sources = {**self._reference, exercise.module: make(mistake, exercise)}
                    place = place_of(mistake, exercise)
                    failure = self._failure_of(sources)
                    yield KnownMistake(mistake.name, mistake.title, mistake.hint, place, failure)

    def _failure_of(self, sources: Mapping[str, Source]) -> Callable[[str], Fingerprint | None]:
        """How our own wrong code fails a spec."""

        @cache
        def failure(spec: str, secret: str) -> Fingerprint | None:
            error = self._run_known(self._named[spec], sources)
            return None if error is None else fingerprint_of(error) or ["ended"]

        return lambda spec: failure(spec, self.secret)

    def _run_known(self, item: pytest.Item, sources: Mapping[str, Source]) -> BaseException | None:
        """Run a spec on our own code, which needs no worker."""
        with importable(sources), redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._run(item, InProcess(sources))

    def _run(self, item: pytest.Item, transport: Transport) -> BaseException | None:
        """Run one spec, and answer with what ended it; None if it ran to its end.

        It is set up, called and torn down as pytest does it, but without the reports, hooks and
        tracebacks of a session at a terminal, which take longer than most specs.
        """
        marks = {mark.name for mark in item.iter_markers()} & {"skip", "skipif", "xfail"}
        if marks:
            return RuntimeError(f"a spec must not be marked {', '.join(marks)}")
        assert isinstance(item, pytest.Function)
        self._transport, before = transport, self._transport
        state = item.session._setupstate
        file: Any = item.parent  # which stays set up until a spec of another one comes
        state.teardown_exact(file)
        item._initrequest()
        fixtures.provide(item)
        error = _error_of(lambda: state.setup(item)) or _error_of(item.runtest)
        torn_down = _error_of(lambda: state.teardown_exact(file))
        self._transport = before
        return error or torn_down


def _error_of(action: Callable[[], object]) -> BaseException | None:
    try:
        action()
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # SystemExit, and what pytest.skip raises
        return error
    return None


def _is_cheap(item: pytest.Item) -> bool:
    """Whether the known mistakes can be run on it."""
    return budget_of(item) is None
