"""The pytest session in which a judge runs the specs of a course."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest

from grader.course.course import Course, Exercise
from grader.specs import fixtures
from grader.specs.lookup import exercise_of
from grader.specs.pytest_internals import forget_modules, run_item, start_session
from grader.transport.student import Transport


class PytestSession:
    """A pytest session that collects specs once and runs them on one submission after another.

    Collecting the specs takes much longer than running them.

    Parameters
    ----------
    course : Course
        Course whose configuration is used.
    exercises : sequence of Exercise
        Exercises whose specs are collected.
    secret : str, default ""
        Secret from which the hidden inputs are drawn; may be changed between two runs.
    progress : callable, optional
        Called with a line of text from time to time by specs that take long.

    Attributes
    ----------
    items : dict of Exercise to list of pytest.Item
        Specs of each exercise, in the order of the spec file.
    named : dict of str to pytest.Item
        Specs by name.
    """

    def __init__(
        self,
        course: Course,
        exercises: Sequence[Exercise],
        secret: str = "",
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self.secret = secret
        self._transport: Transport | None = None
        # Another course judged in this process may have spec files of the same name.
        forget_modules("tests.specs")
        with warnings.catch_warnings():  # a session changes the filters and never restores them
            session = start_session(_arguments(course, exercises))
        self.items: dict[Exercise, list[pytest.Item]] = {}
        for item in session.items:
            self.items.setdefault(exercise_of(item), []).append(item)
        self.named = {item.name: item for item in session.items}
        self._stash = session.config.stash
        self._stash[fixtures.TRANSPORT] = self._find_transport
        self._stash[fixtures.SECRET] = lambda: self.secret
        self._stash[fixtures.PROGRESS] = progress or _ignore

    def _find_transport(self) -> Transport:
        assert self._transport is not None
        return self._transport

    def run(self, item: pytest.Item, transport: Transport) -> BaseException | None:
        """Run one spec.

        Parameters
        ----------
        item : pytest.Item
            One of `items`.
        transport : Transport
            Transport to the code that is judged.

        Returns
        -------
        BaseException or None
            The exception that ended the spec, or None if it passed.
        """
        marks = {mark.name for mark in item.iter_markers()} & {"skip", "skipif", "xfail"}
        if marks:
            return RuntimeError(f"a spec must not be marked {', '.join(marks)}")
        assert isinstance(item, pytest.Function)
        before, self._transport = self._transport, transport
        try:
            return _without_frames(run_item(item, fixtures.provide))
        finally:
            self._transport = before

    @contextmanager
    def with_public_inputs(self) -> Iterator[None]:
        """Draw the inputs of a learner's own pytest inside a ``with`` block."""
        secret, self.secret = self.secret, ""
        try:
            yield
        finally:
            self.secret = secret

    @contextmanager
    def without_progress(self) -> Iterator[None]:
        """Ignore the progress of specs inside a ``with`` block."""
        reporting = self._stash[fixtures.PROGRESS]
        self._stash[fixtures.PROGRESS] = _ignore
        try:
            yield
        finally:
            self._stash[fixtures.PROGRESS] = reporting


def _without_frames(error: BaseException | None) -> BaseException | None:
    """Remove the tracebacks of an exception: their frames keep all values of a spec alive."""
    one = error
    while one is not None:
        one.__traceback__, one = None, one.__context__
    return error


def _ignore(line: str) -> None:
    """Ignore a line of progress."""


def _arguments(course: Course, exercises: Sequence[Exercise]) -> list[str]:
    """Return command-line arguments for pytest that load only the specs and what they need."""
    return [
        *("-c", str(course.root / "pyproject.toml")),
        *("--rootdir", str(course.root)),
        # A conftest.py outside this folder is not part of the conditions of a verdict.
        *("--confcutdir", str(course.root / "tests" / "specs")),
        *("-o", "addopts=", "--import-mode=importlib", "--disable-plugin-autoload"),
        *("-p", "grader.pytest_plugin.plugin", "-p", "no:terminal", "-p", "no:cacheprovider"),
        *("-p", "no:logging", "-p", "no:faulthandler", "--capture=no", "-W", "ignore"),
        # Its state is global, and belongs to the session that a learner runs.
        *("-p", "no:debugging"),
        *(str(exercise.spec) for exercise in exercises),
    ]
