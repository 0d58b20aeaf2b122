"""The known mistakes of an exercise, run on its specs to see how each of them fails."""

import io
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import redirect_stdout, suppress
from dataclasses import replace
from functools import cache, cached_property

import pytest

from grader.course.course import Course, Exercise
from grader.course.modules import read_modules
from grader.errors import CourseError
from grader.judging.pytest_session import PytestSession
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.diagnosis import hints_of
from grader.mistakes.fingerprint import Fingerprint, fingerprint_of
from grader.mistakes.known_failures import KnownMistake, read
from grader.mistakes.recognise import narrow, place_of, recognise
from grader.specs.markers import budget_of
from grader.transport.in_process import InProcess
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome
from grader.worker.module_loader import importable
from grader.worker.source import Source


class KnownRuns:
    """How the known mistakes of a course fail its specs, found out when asked for, and once.

    Parameters
    ----------
    course : Course
        The course.
    session : PytestSession
        Runs the specs.
    """

    def __init__(self, course: Course, session: PytestSession) -> None:
        self._course = course
        self._session = session
        self._known: dict[Exercise, list[KnownMistake]] = {}
        self._narrowed: dict[Exercise, list[KnownMistake]] = {}

    @cached_property
    def reference(self) -> dict[str, Source]:
        """The modules of the solutions, by name."""
        return read_modules(self._course.root / "solutions", self._course)

    def known(self, exercise: Exercise) -> list[KnownMistake]:
        """The known mistakes of an exercise; none without a solution that they could change."""
        if exercise not in self._known:
            self._known[exercise] = list(self._find_known(exercise))
        return self._known[exercise]

    def cheap_specs(self, exercise: Exercise) -> list[str]:
        """The names of the specs that the known mistakes are run on: those without a budget."""
        return [item.name for item in self._session.items[exercise] if is_cheap(item)]

    def name_mistakes(
        self,
        exercise: Exercise,
        ends: Sequence[tuple[pytest.Item, BaseException | None]],
        found: Mapping[str, Finding],
    ) -> dict[str, Finding]:
        """Add hints to the findings that a known mistake explains.

        Parameters
        ----------
        exercise : Exercise
            The exercise.
        ends : sequence of (pytest.Item, BaseException or None)
            The specs that were run, each with the exception that ended it.
        found : mapping of str to Finding
            The reason of each failure, by the name of the spec.

        Returns
        -------
        dict of str to Finding
            The same, with hints and names of mistakes.
        """
        named = dict(found)
        cheap = [(item.name, error) for item, error in ends if is_cheap(item)]
        failures = {
            spec: fingerprint_of(error) if found[spec].outcome is Outcome.FAILED else None
            for spec, error in cheap
            if error is not None
        }
        if any(failures.values()):
            ran = [spec for spec, _ in cheap]
            for spec, known in recognise(self._likely(exercise), failures, ran).items():
                hints, mistake = hints_of(known, exercise)
                named[spec] = replace(found[spec], hints=hints, mistake=mistake)
        return named

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

    def _find_known(self, exercise: Exercise) -> Iterator[KnownMistake]:
        if not exercise.solution.is_file():
            return
        # A faulty catalogue names nothing, and stops nobody: `grader check` reports it.
        with suppress(CourseError):
            for mistake in read_mistakes(exercise):
                with suppress(CourseError):
                    sources = {**self.reference, exercise.module: make(mistake, exercise)}
                    place = place_of(mistake, exercise)
                    failure = self._failure_of(sources)
                    yield KnownMistake(mistake.name, mistake.title, mistake.hint, place, failure)

    def _failure_of(self, sources: Mapping[str, Source]) -> Callable[[str], Fingerprint | None]:
        """How our own wrong code fails a spec."""

        @cache
        def failure(spec: str, secret: str) -> Fingerprint | None:
            error = self._run_known(self._session.named[spec], sources)
            return None if error is None else fingerprint_of(error) or ["ended"]

        return lambda spec: failure(spec, self._session.secret)

    def _run_known(self, item: pytest.Item, sources: Mapping[str, Source]) -> BaseException | None:
        """Run a spec on our own code, which needs no worker."""
        with importable(sources), redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self._session.run(item, InProcess(sources))


def is_cheap(item: pytest.Item) -> bool:
    """Whether known mistakes are run on a spec: it has no budget of its own."""
    return budget_of(item) is None
