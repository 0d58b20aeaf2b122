"""The judge, which runs the specs of a course on a submission and returns a verdict."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import cache

import pytest

from grader.course.course import Course, Exercise, FollowThrough
from grader.course.dependencies import needed_by
from grader.course.limits import Limits
from grader.course.modules import given_modules, offer_of, tell_borrowed, tell_missing
from grader.judging.follow_through import (
    begun_beside,
    ground_of,
    may_be_due_to_another,
    needed_exercises,
    on_top_of,
    with_stand_ins,
)
from grader.judging.known_runs import KnownRuns, is_cheap
from grader.judging.pytest_session import PytestSession
from grader.messages.explanation import Reason
from grader.messages.message import english
from grader.mistakes.diagnosis import diagnose
from grader.mistakes.earlier import (
    DUE_TO_OTHERS,
    Ends,
    FindGround,
    Ground,
    located_findings,
    no_ground,
)
from grader.mistakes.reasons.slow_way import slow_calls, with_slow_call
from grader.specs.lookup import exercise_of
from grader.specs.markers import budget_of, rests_on, tier_of, verdict_of
from grader.submissions.submission import Fault, Submission
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import StudentError, TimedOut, Unusable
from grader.transport.worker_process import sandbox_layers
from grader.verdicts.conditions import conditions_of
from grader.verdicts.feedback import named_as_told, with_feedback
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Basis, ExerciseVerdict, Outcome, SpecVerdict, Tier, Verdict
from grader.worker.source import Source

LEAST_SHARE, TIMES = 1 / 6, 10

_UNJUDGED: dict[Fault, tuple[Outcome, Basis]] = {
    "nothing": (Outcome.NOT_STARTED, Basis.NOTHING),
    "unreadable": (Outcome.NOT_STARTED, Basis.UNREADABLE),
    "grader": (Outcome.GRADER_ERROR, Basis.UNREADABLE),
}


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
    given : dict of str to Source
        Modules that the course gives, by name: they take the place of what was handed in.
    known_runs : KnownRuns
        Runs of the known mistakes, with which failures are compared.
    contended : set of str
        Names of the exercises of the latest submission in which a worker reached a time limit, and
        had to wait before; see `Judged.contended`.
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
        chosen = exercises or course.exercises
        needed = {module for one in chosen for module in needed_by(one, course)}
        collected = [one for one in course.exercises if one in chosen or one.module in needed]
        self._session = PytestSession(course, collected, secret, progress)
        self.known_runs = KnownRuns(course, self._session)
        self.contended: set[str] = set()
        self._offer = offer_of(course)
        self.given = given_modules(course)

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
        self.contended.clear()
        if submission.problem != "":
            outcome, basis = _UNJUDGED[submission.fault]
            return self.refuse(submission, outcome, submission.problem, basis)
        found: dict[str, ExerciseVerdict] = {}
        for one in submission.exercises:
            found[one.name] = self._judge_one(one, submission, found)
        return self._verdict(submission, list(found.values()))

    def _judge_one(
        self, exercise: Exercise, submission: Submission, before: Mapping[str, ExerciseVerdict]
    ) -> ExerciseVerdict:
        if submission.borrowed(exercise):
            return self._refuse(exercise, Outcome.NOT_STARTED, tell_borrowed(exercise))
        sources = submission.sources
        if exercise.module not in sources:  # whatever the earlier exercises lack
            missing = tell_missing(exercise)
            return self._refuse(exercise, Outcome.NOT_STARTED, missing, Basis.MISSING)
        ground = self.ground_of(exercise, submission, before)
        with self._worker(exercise, sources) as worker:
            found, name = self._run(exercise, self._session.items[exercise], worker, ground)
        spent = 0.0
        if sources[exercise.module].problem != "":
            found = replace(found, basis=Basis.UNREADABLE)
        elif self._outcomes_tried(exercise, found) <= {Outcome.TIMED_OUT, Outcome.CRASHED}:
            with self._worker(exercise, sources) as worker:  # it is open how far the module came
                if not worker.loads(exercise.module):
                    found = replace(found, basis=Basis.NOT_LOADED)
                spent = worker.spent
        verdict = self.with_stand_ins(exercise, found, sources)
        if verdict.on_reference:
            verdict = begun_beside(verdict, ground)
        else:
            verdict = self.with_feedback(exercise, verdict, sources, ground, spent)
            verdict = named_as_told(verdict) or name(verdict)
        return self._followed_through(exercise, verdict, submission)

    def ground_of(
        self,
        exercise: Exercise,
        submission: Submission,
        before: Mapping[str, ExerciseVerdict] | None = None,
    ) -> FindGround:
        """Return a function that finds what an exercise stands on, when it is first called.

        Parameters
        ----------
        exercise : Exercise
            One of the exercises that were collected.
        submission : Submission
            Submission that is judged.
        before : mapping of str to ExerciseVerdict, optional
            Verdicts on the earlier exercises that are known. Others are judged if necessary.
        """
        handed_in, reference = submission.sources, self.known_runs.reference

        def is_done(one: Exercise) -> bool:
            if one not in self._session.items or submission.borrowed(one):
                return True
            known = (before or {}).get(one.name)
            if known is not None:
                return known.done or known.has_grader_error
            return self._is_done(one, {**reference, **handed_in})

        return cache(lambda: ground_of(exercise, self.course, handed_in, reference, is_done))

    def _is_done(self, exercise: Exercise, sources: Mapping[str, Source]) -> bool:
        """Return whether core passes, without the specs that take long."""
        items = self._session.items[exercise]
        core = (item for item in items if is_cheap(item) and tier_of(item) is Tier.CORE)
        with self._worker(exercise, sources) as worker:
            for item in core:
                error = self._run_one(item, worker)
                if error is not None:
                    found = diagnose(error, exercise, self.course)
                    return found.outcome is Outcome.GRADER_ERROR
        return True

    def _outcomes_tried(self, exercise: Exercise, found: ExerciseVerdict) -> set[Outcome]:
        """Return the outcomes of the specs that rest on no other one."""
        resting = {item.name for item in self._session.items[exercise] if rests_on(item)}
        return {spec.outcome for spec in found.specs if spec.name not in resting}

    def with_stand_ins(
        self, exercise: Exercise, found: ExerciseVerdict, sources: Mapping[str, Source]
    ) -> ExerciseVerdict:
        """Let the reference stand in for earlier exercises that were not handed in.

        Parameters
        ----------
        exercise : Exercise
            One of the exercises that were collected, which was handed in.
        found : ExerciseVerdict
            Result of `judge_exercise`.
        sources : mapping of str to Source
            Modules of the submission, by name.

        Returns
        -------
        ExerciseVerdict
            As `grader.judging.follow_through.with_stand_ins` returns it.
        """
        reference = self.known_runs.reference
        needed = needed_exercises(exercise, self.course, sources, reference)

        def outcomes(modules: dict[str, Source]) -> tuple[Outcome, ...]:
            return self._outcomes_on(exercise, modules, found)

        return with_stand_ins(found, needed, sources, reference, outcomes)

    def with_feedback(
        self,
        exercise: Exercise,
        found: ExerciseVerdict,
        sources: Mapping[str, Source],
        ground: FindGround = no_ground,
        spent: float = 0.0,
    ) -> ExerciseVerdict:
        """Add what the learner is told about the specs that did not pass.

        An exercise with such specs is judged once more, in a new worker, with the public inputs:
        all of it, as in the learner's own pytest, except for specs that take long, if they passed
        or ran out of time.

        Parameters
        ----------
        exercise : Exercise
            One of the exercises that were collected.
        found : ExerciseVerdict
            Result of `judge_exercise`.
        sources : mapping of str to Source
            Modules of the submission, by name.
        ground : callable, optional
            Result of `ground_of`.
        spent : float, default 0
            Seconds that are no longer left for this: others wait for two runs, and not for more.

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
        slow = _too_slow(items, found)
        chosen = [i for i in items if (is_cheap(i) or i.name not in passed) and i.name not in slow]
        try:
            with (
                self._session.with_public_inputs(),
                self._session.without_progress(),
                self._worker(exercise, sources) as worker,
            ):
                worker.spent = worker.spent_cpu = spent
                told, name = self._run(exercise, chosen, worker, ground, held=passed)
                public = name(told).specs
        except Exception:  # dropped: there is a verdict, and it counts
            public = ()
        by_name = slow | {spec.name: spec for spec in public}
        withheld = {item.name for item in items if item.get_closest_marker("withheld")}
        specs = (
            with_feedback(spec, by_name.get(spec.name), handed_out=spec.name not in withheld)
            for spec in found.specs
        )
        return replace(found, specs=tuple(specs))

    @contextmanager
    def _worker(self, exercise: Exercise, sources: Mapping[str, Source]) -> Iterator[Judged]:
        limits, offer = self.limits, self._offer
        there = {**sources, **self.given}
        with Judged(there, confined=self.confined, limits=limits, offer=offer) as worker:
            try:
                yield worker
            finally:
                if worker.contended:
                    self.contended.add(exercise.name)

    def _followed_through(
        self, exercise: Exercise, verdict: ExerciseVerdict, submission: Submission
    ) -> ExerciseVerdict:
        """Return the verdict, with the outcomes on top of the reference if they apply."""
        if self.follow_through == "off" or not may_be_due_to_another(verdict):
            return verdict
        sources = on_top_of(exercise, self.course, submission.sources, self.known_runs.reference)
        if not sources:
            return verdict
        through = self._outcomes_on(exercise, sources, verdict)
        counts = self.follow_through == "count"
        return replace(verdict, through=through, through_counts=counts)

    def _outcomes_on(
        self, exercise: Exercise, sources: Mapping[str, Source], verdict: ExerciseVerdict
    ) -> tuple[Outcome, ...]:
        """Return the outcomes of an exercise beside the reference, and nothing else of the run."""
        try:
            with self._session.without_progress(), self._worker(exercise, sources) as worker:
                return tuple(self._outcomes(exercise, worker))
        except Exception:  # dropped, as its text may contain output of the code
            return (Outcome.GRADER_ERROR,) * len(verdict.specs)

    def _outcomes(self, exercise: Exercise, worker: Judged) -> Iterator[Outcome]:
        """Yield the outcome of each spec and discard what the code prints."""
        for item in self._session.items[exercise]:
            error = self._run_one(item, worker)
            worker.take_output()
            found = None if error is None else diagnose(error, exercise, self.course)
            yield found.outcome if found else Outcome.PASSED

    def refuse(
        self,
        submission: Submission,
        outcome: Outcome,
        reason: Reason,
        basis: Basis = Basis.JUDGED,
    ) -> Verdict:
        """Return the verdict on a submission that is not judged.

        Parameters
        ----------
        submission : Submission
            Submission that is not judged.
        outcome : Outcome
            Outcome of every spec.
        reason : str, Message or Explanation
            Message of every spec.
        basis : Basis, default Basis.JUDGED
            Whether there was work that could be judged.

        Returns
        -------
        Verdict
            Includes all specs, so that the gradebook can show the maximum points.
        """
        return self._verdict(
            submission,
            [self._refuse(one, outcome, reason, basis) for one in submission.exercises],
        )

    def _refuse(
        self,
        exercise: Exercise,
        outcome: Outcome,
        reason: Reason,
        basis: Basis = Basis.JUDGED,
    ) -> ExerciseVerdict:
        finding = Finding(outcome, reason)
        specs = tuple(verdict_of(item, finding) for item in self._session.items[exercise])
        if self.secret != "":  # the reason depends on no input
            specs = tuple(with_feedback(spec, spec) for spec in specs)
        return ExerciseVerdict(exercise.name, specs, basis=basis)

    def _verdict(self, submission: Submission, exercises: Sequence[ExerciseVerdict]) -> Verdict:
        layers = sandbox_layers() if self.confined else ()
        conditions = conditions_of(
            self.course, self.secret, self.limits, layers, self.follow_through
        )
        return Verdict(
            submission.name, tuple(exercises), submission.hash, conditions, submission.notes
        )

    def judge_exercise(
        self,
        exercise: Exercise,
        transport: Judged | InProcess,
        *,
        cheap_only: bool = False,
        explained: bool = True,
        ground: FindGround = no_ground,
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
        explained : bool, default True
            Whether to look for the known mistake behind what does not pass, which takes longer than
            judging it.
        ground : callable, optional
            Result of `ground_of`, called only if a spec does not pass.

        Returns
        -------
        ExerciseVerdict
            Verdicts on the specs that were run.
        """
        items = self._session.items[exercise]
        chosen = [item for item in items if is_cheap(item) or not cheap_only]
        found, name = self._run(exercise, chosen, transport, ground, explained=explained)
        return name(found) if explained else found

    def _run(
        self,
        exercise: Exercise,
        items: Sequence[pytest.Item],
        transport: Judged | InProcess,
        find_ground: FindGround,
        *,
        held: Collection[str] | None = None,
        explained: bool = True,
    ) -> tuple[ExerciseVerdict, Callable[[ExerciseVerdict], ExerciseVerdict]]:
        """Run specs of an exercise, and diagnose those that do not pass.

        If it runs as at home, `held` has the names of the specs that held with the hidden inputs.
        The verdict names no mistake: the function that is returned with it adds the names, which
        takes time, to this verdict or to the same with feedback.
        """
        ends = []
        for item in items:
            error = self._run_one(item, transport)
            output = transport.take_output() if isinstance(transport, Judged) else ""
            ends.append((item, error, output))
        errors: Ends = [(item, error) for item, error, _ in ends]
        found = {i.name: diagnose(e, exercise, self.course) for i, e in errors if e is not None}
        unloaded = all(error is not None and _ends_import(error, exercise) for _, error in errors)
        if found and explained:  # it costs time, and most submissions need none of it
            errors, found = self._locate(errors, found, find_ground())

        def verdicts(found: Mapping[str, Finding]) -> tuple[SpecVerdict, ...]:
            return tuple(verdict_of(item, found.get(item.name), output) for item, _, output in ends)

        def name(verdict: ExerciseVerdict) -> ExerciseVerdict:
            if not found:
                return verdict
            source = transport.sources.get(exercise.module, Source(exercise.filename, ""))
            named = verdicts(self._name(exercise, errors, found, source, held))
            pairs = zip(verdict.specs, named, strict=True)
            specs = (replace(one, feedback=spec.feedback) for spec, one in pairs)
            return replace(verdict, specs=tuple(specs))

        specs = verdicts(found)
        failed = {spec.outcome for spec in specs} == {Outcome.FAILED}
        basis = Basis.NOT_LOADED if unloaded and failed else Basis.JUDGED
        return ExerciseVerdict(exercise.name, specs, basis=basis), name

    def _locate(
        self, ends: Ends, found: Mapping[str, Finding], ground: Ground | None
    ) -> tuple[Ends, dict[str, Finding]]:
        """Find what is due to an earlier exercise, and how the specs end without it."""
        if ground is None:
            return ends, dict(found)
        due = {name for name, finding in found.items() if finding.outcome in DUE_TO_OTHERS}
        again = self._run_again([i for i, _ in ends if i.name in due and is_cheap(i)], ground)
        located = located_findings(ends, found, ground.earlier, again, self.course)
        ends = [(i, again.get(i.name)) for i, error in ends if error is None or i.name in again]
        return ends, located

    def _name(
        self,
        exercise: Exercise,
        ends: Ends,
        found: Mapping[str, Finding],
        source: Source,
        held: Collection[str] | None,
    ) -> dict[str, Finding]:
        """Name the mistakes behind what did not pass, which are made without earlier exercises."""
        # What held once and then ran out of time is due to the machine, and to no mistake.
        late = {i for i in held or () if i in found and found[i].outcome is Outcome.TIMED_OUT}
        ends = [(item, error) for item, error in ends if item.name not in late]
        named = self.known_runs.name_mistakes(
            exercise, ends, found, as_at_home=held is not None, code=source.code()
        )
        calls = slow_calls(source)
        return {name: with_slow_call(one, name, calls) for name, one in named.items()}

    def _run_again(
        self, items: Sequence[pytest.Item], ground: Ground
    ) -> dict[str, BaseException | None]:
        """Run specs on the reference's earlier exercises; return how they ended, by name."""
        if not items or not ground.firm:
            return {}
        exercise, ended = exercise_of(items[0]), {}
        try:
            with self._session.without_progress(), self._worker(exercise, ground.firm) as worker:
                for item in items:
                    ended[item.name] = self._run_one(item, worker)
                    worker.take_output()
        except Exception:  # dropped, as its text may contain output of the code
            return {}
        return ended

    def _run_one(self, item: pytest.Item, transport: Judged | InProcess) -> BaseException | None:
        """Run one spec, and return the exception that ended it.

        A spec with a budget may take `LEAST_SHARE` of it, or `TIMES` as long as the reference takes
        in this judge, whichever is more, but not more than its budget. Without a reference, it may
        take all of it.
        """
        budget = budget_of(item)
        if budget is None or not isinstance(transport, Judged):
            return self._attempt(item, transport)
        least = LEAST_SHARE * budget
        with transport.budget(least):
            error = self._attempt(item, transport)
        if not isinstance(error, TimedOut):
            return error
        seconds = self.known_runs.seconds_of_reference(item)
        allowed = budget if seconds is None else min(budget, TIMES * seconds)
        if allowed > least:
            with transport.budget(allowed):
                error = self._attempt(item, transport)
        if seconds is None or not isinstance(error, TimedOut):
            return error
        return TimedOut(
            english(
                "after {seconds:g} s, and {times} times as long as the reference solution takes "
                "here",
                seconds=least,
                times=TIMES,
            )
        )

    def _attempt(self, item: pytest.Item, transport: Judged | InProcess) -> BaseException | None:
        with transport.spec() if isinstance(transport, Judged) else nullcontext():
            error = self._session.run(item, transport)
        if isinstance(error, Unusable) and self.known_runs.is_due_to_spec(item):
            return error.error
        return error


def _too_slow(items: Sequence[pytest.Item], found: ExerciseVerdict) -> dict[str, SpecVerdict]:
    """Return the verdicts on specs with a budget, without output, if one of them ran out of time.

    They say the same with any inputs, and would take as long again.
    """
    long = {item.name for item in items if not is_cheap(item)}
    broken = [spec for spec in found.specs if spec.name in long and not spec.passed]
    if all(spec.outcome is not Outcome.TIMED_OUT for spec in broken):
        return {}
    return {spec.name: replace(spec, output="") for spec in broken}


def _ends_import(error: BaseException, exercise: Exercise) -> bool:
    """Return whether an exception ended the import of the exercise's own module."""
    return isinstance(error, StudentError) and any(
        frame.module == exercise.module and frame.file == error.report.importing
        for frame in error.report.frames
    )
