"""The judge, which runs the specs of a course on a submission and returns a verdict."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import pytest

from grader.course.course import Course, Exercise, FollowThrough
from grader.course.limits import Limits
from grader.course.modules import offer_of, tell_borrowed, tell_missing
from grader.judging.follow_through import may_be_due_to_another, on_top_of
from grader.judging.known_runs import KnownRuns, is_cheap
from grader.judging.pytest_session import PytestSession
from grader.messages.explanation import Reason
from grader.mistakes.diagnosis import diagnose
from grader.specs.markers import budget_of, verdict_of
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import Unusable
from grader.transport.worker_process import sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.feedback import with_feedback
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Verdict
from grader.worker.source import Source


class Judge:
    """Judges submissions one after another with a single pytest session.

    Collecting the specs takes much longer than running them, so it is done once.

    Parameters
    ----------
    course : Course
        Course whose specs are run.
    exercises : sequence of Exercise, optional
        Exercises whose specs are collected; by default, all of the course.
    secret : str, default ""
        Secret from which the hidden inputs are drawn.
    confined : bool, default True
        Whether submissions run in the sandbox. Otherwise they have all permissions of the grader.
    limits : Limits, optional
        Limits of a submission; by default, those of the course.
    progress : callable, optional
        Called with a line of text from time to time by specs that take long.
    follow_through : {"off", "report", "count"}, default "off"
        Whether failing exercises are judged again on top of the reference; see
        `grader.judging.follow_through`.

    Attributes
    ----------
    known_runs : KnownRuns
        Runs of the known mistakes, with which failures are compared.
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
        self.confined = confined
        self.limits = limits or course.limits
        self._session = PytestSession(course, exercises or course.exercises, secret, progress)
        self.known_runs = KnownRuns(course, self._session)

    @property
    def secret(self) -> str:
        """Secret from which the hidden inputs are drawn; may be changed between two verdicts."""
        return self._session.secret

    @secret.setter
    def secret(self, secret: str) -> None:
        self._session.secret = secret

    def judge(self, submission: Submission) -> Verdict:
        """Judge one submission.

        Each exercise runs in a new worker, so that it cannot be affected by another one.

        Parameters
        ----------
        submission : Submission
            Submission to judge.

        Returns
        -------
        Verdict
            Always the same for the same submission and conditions.
        """
        if submission.problem != "":
            return self.refuse(submission, Outcome.NOT_STARTED, submission.problem)
        exercises = []
        for exercise in submission.exercises:
            if submission.borrowed(exercise):
                reason = tell_borrowed(exercise)
                exercises.append(self._refuse(exercise, Outcome.NOT_STARTED, reason))
                continue
            if exercise.module not in submission.sources:  # whatever the earlier exercises lack
                missing = tell_missing(exercise)
                exercises.append(self._refuse(exercise, Outcome.NOT_STARTED, missing))
                continue
            with self._worker(submission.sources) as worker:
                found = self.judge_exercise(exercise, worker)
            verdict = self.with_feedback(exercise, found, submission.sources)
            exercises.append(self._followed_through(exercise, verdict, submission))
        return self._verdict(submission, exercises)

    def with_feedback(
        self, exercise: Exercise, found: ExerciseVerdict, sources: Mapping[str, Source]
    ) -> ExerciseVerdict:
        """Add what the learner is told about the specs that did not pass.

        An exercise with such specs is judged once more, in a new worker, with the public inputs:
        all of it, as in the learner's own pytest, except for specs that passed and take long.

        Parameters
        ----------
        exercise : Exercise
            One of the exercises that were collected.
        found : ExerciseVerdict
            Result of `judge_exercise`.
        sources : mapping of str to Source
            Modules of the submission, by name.

        Returns
        -------
        ExerciseVerdict
            The same verdicts. They have no feedback if there is no secret, as the learner may then
            read everything that was found.
        """
        if self.secret == "" or all(spec.passed for spec in found.specs):
            return found
        if exercise.module not in sources:  # no code of the learner has seen an input
            return replace(found, specs=tuple(with_feedback(one, one) for one in found.specs))
        items = self._session.items[exercise]
        passed = {spec.name for spec in found.specs if spec.passed}
        chosen = [item for item in items if is_cheap(item) or item.name not in passed]
        try:
            with (
                self._session.with_public_inputs(),
                self._session.without_progress(),
                self._worker(sources) as worker,
            ):
                public = self._run(exercise, chosen, worker, as_at_home=True)
        except Exception:  # dropped: there is a verdict, and it counts
            public = ()
        by_name = {spec.name: spec for spec in public}
        withheld = {item.name for item in items if item.get_closest_marker("withheld")}
        specs = (
            with_feedback(spec, by_name.get(spec.name), handed_out=spec.name not in withheld)
            for spec in found.specs
        )
        return replace(found, specs=tuple(specs))

    def _worker(self, sources: Mapping[str, Source]) -> Judged:
        offer = offer_of(self.course)
        return Judged(sources, confined=self.confined, limits=self.limits, offer=offer)

    def _followed_through(
        self, exercise: Exercise, verdict: ExerciseVerdict, submission: Submission
    ) -> ExerciseVerdict:
        """Return the verdict, with the outcomes on top of the reference if they apply."""
        if self.follow_through == "off" or not may_be_due_to_another(verdict):
            return verdict
        sources = on_top_of(exercise, self.course, submission.sources, self.known_runs.reference)
        if not sources:
            return verdict
        try:
            with self._session.without_progress(), self._worker(sources) as worker:
                through = tuple(self._outcomes(exercise, worker))
        except Exception:  # dropped, as its text may contain output of the code
            through = (Outcome.GRADER_ERROR,) * len(verdict.specs)
        counts = self.follow_through == "count"
        return replace(verdict, through=through, through_counts=counts)

    def _outcomes(self, exercise: Exercise, worker: Judged) -> Iterator[Outcome]:
        """Yield the outcome of each spec and discard what the code prints."""
        for item in self._session.items[exercise]:
            budget = budget_of(item)
            with worker.budget(budget) if budget else nullcontext():
                error = self._run_one(item, worker)
            worker.take_output()
            found = None if error is None else diagnose(error, exercise, self.course)
            yield found.outcome if found else Outcome.PASSED

    def refuse(self, submission: Submission, outcome: Outcome, reason: Reason) -> Verdict:
        """Return the verdict on a submission that is not judged.

        Parameters
        ----------
        submission : Submission
            Submission that is not judged.
        outcome : Outcome
            Outcome of every spec.
        reason : str, Message or Explanation
            Message of every spec.

        Returns
        -------
        Verdict
            Includes all specs, so that the gradebook can show the maximum points.
        """
        return self._verdict(
            submission,
            [self._refuse(exercise, outcome, reason) for exercise in submission.exercises],
        )

    def _refuse(self, exercise: Exercise, outcome: Outcome, reason: Reason) -> ExerciseVerdict:
        finding = Finding(outcome, reason)
        specs = tuple(verdict_of(item, finding) for item in self._session.items[exercise])
        if self.secret != "":  # the reason depends on no input
            specs = tuple(with_feedback(spec, spec) for spec in specs)
        return ExerciseVerdict(exercise.name, specs)

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
            One of the exercises that were collected.
        transport : Judged or InProcess
            Transport to the code of the submission.
        cheap_only : bool, default False
            Whether to skip the specs that have a time budget of their own.

        Returns
        -------
        ExerciseVerdict
            Verdicts on the specs that were run.
        """
        items = self._session.items[exercise]
        chosen = [item for item in items if is_cheap(item) or not cheap_only]
        return ExerciseVerdict(exercise.name, self._run(exercise, chosen, transport))

    def _run(
        self,
        exercise: Exercise,
        items: Sequence[pytest.Item],
        transport: Judged | InProcess,
        *,
        as_at_home: bool = False,
    ) -> tuple[SpecVerdict, ...]:
        """Run specs of an exercise, and diagnose those that do not pass."""
        ends = []
        for item in items:
            if isinstance(transport, Judged):
                budget = budget_of(item)
                with transport.budget(budget) if budget else nullcontext():
                    error = self._run_one(item, transport)
                ends.append((item, error, transport.take_output()))
            else:
                ends.append((item, self._run_one(item, transport), ""))
        errors = [(item, error) for item, error, _ in ends]
        found = {i.name: diagnose(e, exercise, self.course) for i, e in errors if e is not None}
        named = self.known_runs.name_mistakes(exercise, errors, found, as_at_home=as_at_home)
        return tuple(verdict_of(item, named.get(item.name), output) for item, _, output in ends)

    def _run_one(self, item: pytest.Item, transport: Judged | InProcess) -> BaseException | None:
        """Run one spec, and return the exception that ended it."""
        with transport.spec() if isinstance(transport, Judged) else nullcontext():
            error = self._session.run(item, transport)
        if isinstance(error, Unusable) and self.known_runs.is_due_to_spec(item):
            return error.error
        return error
