"""Runs of the known mistakes of an exercise, which show how each of them fails the specs."""

import io
import time
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from functools import cache, cached_property

import pytest

from grader.course.course import Course, Exercise
from grader.course.modules import offer_of, read_modules
from grader.errors import CourseError
from grader.judging.pytest_session import PytestSession
from grader.mistakes.catalogue import Mistake, make, read_mistakes
from grader.mistakes.diagnosis import hints_of
from grader.mistakes.fingerprint import Fingerprint, fingerprint_of
from grader.mistakes.known_failures import KnownMistake, narrow, read
from grader.mistakes.places import name_of_place, traces_of_mistake
from grader.mistakes.recognise import recognise
from grader.specs.lookup import exercise_of
from grader.specs.markers import budget_of, tier_of
from grader.transport.in_process import InProcess
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome, Tier
from grader.worker.module_loader import importable
from grader.worker.source import Source


class KnownRuns:
    """Runs the known mistakes of a course on its specs, lazily and once each.

    Parameters
    ----------
    course : Course
        Course whose catalogues of mistakes are used.
    session : PytestSession
        Session that runs the specs.
    """

    def __init__(self, course: Course, session: PytestSession) -> None:
        self._course = course
        self._session = session
        self._known: dict[Exercise, list[KnownMistake]] = {}
        self._narrowed: dict[Exercise, list[KnownMistake]] = {}
        self._written: dict[Exercise, list[KnownMistake]] = {}

    @cached_property
    def reference(self) -> dict[str, Source]:
        """Modules of the reference solutions, by name."""
        return read_modules(self._course.root / "solutions", self._course)

    def is_due_to_spec(self, item: pytest.Item) -> bool:
        """Return whether a spec fails on the reference, so that its failures prove nothing.

        False without a reference solution.
        """
        if not exercise_of(item).solution.is_file():
            return False
        return self._reference_fails(item, self._session.secret)

    @cache  # noqa: B019 - a judge lives as long as its process
    def _reference_fails(self, item: pytest.Item, secret: str) -> bool:
        return self._run_known(item, self.reference) is not None

    @cache  # noqa: B019 - as above
    def seconds_of_reference(self, item: pytest.Item) -> float | None:
        """Return how long a spec takes with the reference, measured once in this process.

        None if the course has no reference for it, as that of a learner.
        """
        if exercise_of(item).module not in self.reference:
            return None
        started = time.perf_counter()
        self._run_known(item, self.reference)
        return time.perf_counter() - started

    def known(self, exercise: Exercise) -> list[KnownMistake]:
        """Return the known mistakes of an exercise; none if it has no reference solution."""
        if exercise not in self._known:
            self._known[exercise] = list(self._find_known(exercise))
        return self._known[exercise]

    def cheap_specs(self, exercise: Exercise) -> list[str]:
        """Return the names of the specs on which known mistakes are run."""
        return [item.name for item in self._session.items[exercise] if is_cheap(item)]

    def name_mistakes(
        self,
        exercise: Exercise,
        ends: Sequence[tuple[pytest.Item, BaseException | None]],
        found: Mapping[str, Finding],
        *,
        as_at_home: bool = False,
        code: str = "",
    ) -> dict[str, Finding]:
        """Add hints to the findings that a known mistake explains.

        Parameters
        ----------
        exercise : Exercise
            Exercise that was judged.
        ends : sequence of (pytest.Item, BaseException or None)
            Specs that were run, each with the exception that ended it.
        found : mapping of str to Finding
            Findings on the specs that did not pass, by name of the spec.
        as_at_home : bool, default False
            Whether the inputs are public. The file of fingerprints then says how mistakes fail, as
            it does in a learner's own pytest, and none is run.
        code : str, optional
            Code of the submission, which decides between mistakes that behave the same.

        Returns
        -------
        dict of str to Finding
            The same findings, with hints and names of mistakes where known.
        """
        named = dict(found)
        cheap = [
            (item.name, error)
            for item, error in ends
            if is_cheap(item) and not (error and found[item.name].outcome.is_waiting)
        ]
        stretch = {item.name for item, _ in ends if tier_of(item) is Tier.STRETCH}
        failures = {
            spec: fingerprint_of(error) if found[spec].outcome is Outcome.FAILED else None
            for spec, error in cheap
            if error is not None
        }
        if any(failures.values()):
            ran = [spec for spec, _ in cheap]
            stored = self._stored(exercise) if as_at_home else []
            likely = stored or self._likely(exercise)
            recognised = recognise(likely, failures, ran, stretch=stretch, code=code)
            for spec, known in recognised.items():
                hints, mistake = hints_of(known, exercise)
                named[spec] = replace(found[spec], hints=hints, mistake=mistake)
        return named

    def _likely(self, exercise: Exercise) -> list[KnownMistake]:
        """Return the known mistakes, each limited to the specs listed in the file of fingerprints.

        Most mistakes pass most specs, and running them takes as long as judging a submission.
        """
        if exercise not in self._narrowed:
            written = {one.name: one for one in self._stored(exercise)}
            known = self.known(exercise)
            self._narrowed[exercise] = [narrow(one, written.get(one.name)) for one in known]
        return self._narrowed[exercise]

    def _stored(self, exercise: Exercise) -> list[KnownMistake]:
        """Return the mistakes in the file of fingerprints; none if it cannot be read."""
        if exercise not in self._written:
            self._written[exercise] = []
            with suppress(CourseError):
                self._written[exercise] = read(exercise.fingerprints)
        return self._written[exercise]

    def _find_known(self, exercise: Exercise) -> Iterator[KnownMistake]:
        if not exercise.solution.is_file():
            return
        # An invalid catalogue must not prevent grading; `grader check` reports it.
        with suppress(CourseError):
            for mistake in read_mistakes(exercise):
                with suppress(CourseError):
                    yield self._know(mistake, exercise)

    def _know(self, mistake: Mistake, exercise: Exercise) -> KnownMistake:
        wrong = make(mistake, exercise)
        name = name_of_place(mistake, exercise)
        return KnownMistake(
            mistake.name,
            mistake.title,
            mistake.hint,
            name or exercise.filename,
            self._failure_of({**self.reference, exercise.module: wrong}),
            traces=traces_of_mistake(mistake, exercise),
        )

    def _failure_of(self, sources: Mapping[str, Source]) -> Callable[[str], Fingerprint | None]:
        """Return a function that runs a spec on a known mistake and returns its fingerprint."""

        @cache
        def failure(spec: str, secret: str) -> Fingerprint | None:
            error = self._run_known(self._session.named[spec], sources)
            return None if error is None else fingerprint_of(error) or ["ended"]

        return lambda spec: failure(spec, self._session.secret)

    def _run_known(self, item: pytest.Item, sources: Mapping[str, Source]) -> BaseException | None:
        """Run a spec on a known mistake in this process, as the code can be trusted."""
        offer = offer_of(self._course)
        with importable(sources, offer), redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._session.run(item, InProcess(sources, is_examined=False))


def is_cheap(item: pytest.Item) -> bool:
    """Return whether known mistakes are run on a spec: it has no time budget of its own."""
    return budget_of(item) is None
