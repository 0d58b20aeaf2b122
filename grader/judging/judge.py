"""Runs the specs of a submission against a worker: submission in, verdict out."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace

import pytest

from grader.course.course import Course, Exercise, FollowThrough
from grader.course.limits import Limits
from grader.course.modules import tell_borrowed
from grader.judging.follow_through import may_be_due_to_another, on_top_of
from grader.judging.known_runs import KnownRuns
from grader.judging.pytest_session import PytestSession
from grader.messages.explanation import Reason
from grader.mistakes.diagnosis import diagnose
from grader.specs.markers import budget_of, verdict_of
from grader.submissions.submission import Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.worker_process import sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Verdict
from grader.worker.source import Source


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

    Attributes
    ----------
    known_runs : KnownRuns
        How the known mistakes fail the specs.
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
        """What the hidden inputs are drawn from; may be changed between two verdicts."""
        return self._session.secret

    @secret.setter
    def secret(self, secret: str) -> None:
        self._session.secret = secret

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
        sources = on_top_of(exercise, self.course, submission.sources, self.known_runs.reference)
        if not sources:
            return verdict
        try:
            with self._session.without_progress(), self._worker(sources) as worker:
                through = tuple(self._outcomes(exercise, worker))
        except Exception:  # whose text may hold what the code said
            through = (Outcome.GRADER_ERROR,) * len(verdict.specs)
        counts = self.follow_through == "count"
        return replace(verdict, through=through, through_counts=counts)

    def _outcomes(self, exercise: Exercise, worker: Judged) -> Iterator[Outcome]:
        """What becomes of each spec, and nothing else of what the code answers or prints."""
        for item in self._session.items[exercise]:
            budget = budget_of(item)
            with worker.budget(budget) if budget else nullcontext():
                error = self._session.run(item, worker)
            worker.take_output()
            found = None if error is None else diagnose(error, exercise, self.course)
            yield found.outcome if found else Outcome.PASSED

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
        items = self._session.items[exercise]
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
        for item in self._session.items[exercise]:
            budget = budget_of(item)
            if budget and cheap_only:
                continue
            if isinstance(transport, Judged):
                with transport.budget(budget) if budget else nullcontext():
                    error = self._session.run(item, transport)
                ends.append((item, error, transport.take_output()))
            else:
                ends.append((item, self._session.run(item, transport), ""))
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
        return self.known_runs.name_mistakes(exercise, ends, found)
