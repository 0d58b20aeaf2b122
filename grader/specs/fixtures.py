"""The fixtures of specs: the learner's module, random generators, and a display of progress.

They serve both a learner's pytest, which runs the code in-process, and the judge's session, which
supplies the transport to a submission through the stash of the pytest config.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.course.course import Course
from grader.course.modules import offer_of, read_modules
from grader.specs.assertions import Mismatch
from grader.specs.lookup import ABSENT, HINT, course_of, exercise_at, exercise_of
from grader.specs.markers import described_by, rests_on, seed_of
from grader.specs.pytest_internals import request_of, write_past_capture
from grader.specs.run import Run, run_of
from grader.submissions.notebooks.exported_file import without_magics
from grader.transport.in_process import InProcess, Spent
from grader.transport.student import (
    DUE_TO_VALUES,
    Student,
    StudentError,
    TimedOut,
    Transport,
    last_request,
    likely_cause,
    settle,
    unusable,
)
from grader.worker.exception_report import ExceptionReport
from grader.worker.module_loader import importable
from grader.worker.source import Source

TRANSPORT = pytest.StashKey[Callable[[], Transport]]()
"""In the stash of the judge's config: returns the transport to the current submission."""

SECRET = pytest.StashKey[Callable[[], str]]()
"""In the stash of the judge's config: returns the secret that seeds the hidden inputs."""

PROGRESS = pytest.StashKey[Callable[[str], None]]()
"""In the stash of the judge's config: shows one line about a slow spec."""


@pytest.fixture(scope="module")
def _in_process(request: pytest.FixtureRequest) -> Iterator[InProcess]:
    """Load the learner's code, or the reference if pytest was given the path of the spec."""
    exercise = exercise_at(request.path)
    assert exercise is not None
    reference = request.path == exercise.spec
    course = course_of(exercise)
    sources = read_tree(course, "solutions" if reference else "exercises")
    with importable(sources, offer_of(course)) as importer:
        yield InProcess(sources)
    request.config.stash.setdefault(ABSENT, {}).update(importer.absent)


def read_tree(course: Course, tree: str = "exercises") -> dict[str, Source]:
    """Return the modules in a folder of the course, without the magics of a notebook."""
    modules = read_modules(course.root / tree, course).items()
    return {name: without_magics(source)[0] for name, source in modules}


def provide(item: pytest.Function) -> None:
    """Set the fixtures of a spec directly, without pytest's lookup.

    The judge runs the same specs many times, and the lookup takes longer than most of them.

    Parameters
    ----------
    item : pytest.Function
        The spec, before its setup.
    """
    item.stash[_GIVEN] = {}
    item.funcargs.update({name: _give(item, name) for name in item.fixturenames if name in _MAKERS})


def take_spent(item: pytest.Item) -> Spent:
    """Return the time that the learner's code took in a spec that has just run in this process."""
    transport = item.stash.get(_GIVEN, {}).get("transport")
    if not isinstance(transport, InProcess):
        return Spent()
    spent, transport.spent = transport.spent, Spent()
    return spent


_GIVEN = pytest.StashKey[dict[str, Any]]()


def student_of(item: pytest.Item) -> Student | None:
    """Return the facade that a spec has used; None if it has used none."""
    found: Student | None = item.stash.get(_GIVEN, {}).get("student")
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Start each attempt anew: one that a plugin repeats has to draw the same inputs."""
    item.stash[_GIVEN] = {}


def _give(item: pytest.Function, name: str) -> Any:
    given = item.stash.setdefault(_GIVEN, {})
    if name not in given:
        given[name] = _MAKERS[name](item)
    return given[name]


def code_of(item: pytest.Item) -> str:
    """Return the code of the exercise that a spec was run on in this process; empty if of none."""
    transport = item.stash.get(_GIVEN, {}).get("transport")
    sources = transport.sources if isinstance(transport, InProcess) else {}
    source = sources.get(exercise_of(item).module)
    return source.code() if source else ""


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """Return the learner's module, as a spec sees it."""
    made: Student = _give(request.node, "student")
    return made


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return the generator that a spec draws its inputs from."""
    made: np.random.Generator = _give(request.node, "rng")
    return made


@pytest.fixture
def exercise_rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """Return a generator in the same state for all specs of an exercise, for inputs they share."""
    made: np.random.Generator = _give(request.node, "exercise_rng")
    return made


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Return a function that shows one line about a slow spec."""
    made: Callable[[str], None] = _give(request.node, "progress")
    return made


@pytest.fixture
def kept(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return a dict in which a spec keeps values for later specs of the same run."""
    made: dict[str, Any] = _give(request.node, "kept")
    return made


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Settle the spec's pending requests; on a mismatch, look for state that objects share.

    A spec that rests on a broken one is not run.
    """
    student = student_of(pyfuncitem)
    if student is None:
        return (yield)
    run: Run = _give(pyfuncitem, "run")
    try:
        try:
            run.check(rests_on(pyfuncitem))
            result = yield
        except Exception:
            settle(student)  # raises an earlier failure of the spec instead
            raise
        settle(student)
        run.broken.pop(pyfuncitem.name, None)  # it may be tried again with more time
    except BaseException as error:
        run.broken[pyfuncitem.name] = described_by(pyfuncitem), error
        _blame(pyfuncitem, student, error)
        raise
    return result


def _blame(item: pytest.Item, student: Student, error: BaseException) -> None:
    """Add the request, and a hint at a likely cause; blame the submission for unusable values."""
    match error:
        case Mismatch():
            error.asked = last_request(student, error.answer)
            error.hint = likely_cause(student, item.name)
        case TimedOut():
            error.hint = likely_cause(student, item.name)
        case StudentError():
            error.asked = last_request(student)
            if _may_have_cause(error.report):
                hint = likely_cause(student, item.name) or error.report.hint
                error.report = replace(error.report, hint=hint)
        case pytest.fail.Exception():  # by pytest-timeout
            item.stash[HINT] = likely_cause(student, item.name)
    if isinstance(error, DUE_TO_VALUES):
        blamed = unusable(student, error)
        if blamed is not None:
            raise blamed from error


def _may_have_cause(report: ExceptionReport) -> bool:
    """Return whether an exception may be due to something that it does not show."""
    return bool(report.frames) and not report.importing and (not report.hint or bool(report.unset))


def _find_transport(item: pytest.Function) -> Transport:
    find_transport = item.config.stash.get(TRANSPORT, None)
    found: Transport = (
        find_transport() if find_transport else request_of(item).getfixturevalue("_in_process")
    )
    return found


def _make_student(item: pytest.Function) -> Student:
    transport: Transport = _give(item, "transport")
    # Not the seed of rng: the learner's code gets this seed, and could draw the same inputs.
    seed = _seed(item, f"{item.name}: the learner's generators")
    return Student(transport, exercise_of(item).module, seed)


def _make_progress(item: pytest.Function) -> Callable[[str], None]:
    reports: Callable[[str], None] | None = item.config.stash.get(PROGRESS, None)
    return reports or partial(write_past_capture, item.config)


def _seed(item: pytest.Function, purpose: str) -> int:
    find_secret = item.config.stash.get(SECRET, None)
    return seed_of(exercise_of(item), purpose, find_secret() if find_secret else "")


_MAKERS: dict[str, Callable[[pytest.Function], Any]] = {
    "request": request_of,
    "student": _make_student,
    "rng": lambda item: np.random.default_rng(_seed(item, item.name)),
    "exercise_rng": lambda item: np.random.default_rng(_seed(item, "all specs")),
    "progress": _make_progress,
    "transport": _find_transport,
    "run": lambda item: run_of(_give(item, "transport")),
    "kept": lambda item: _give(item, "run").kept,
}
