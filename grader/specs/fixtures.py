"""What a spec is given: the learner's module, random numbers, and a way to tell of progress.

The same fixtures serve a learner's pytest, where her code runs in-process, and the judge's session,
which says through the config's stash where a submission's code is.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pytest

from grader.course.modules import read_modules
from grader.specs.assertions import Mismatch
from grader.specs.lookup import course_of, exercise_at, exercise_of
from grader.specs.markers import seed_of
from grader.specs.pytest_internals import request_of, write_past_capture
from grader.transport.in_process import InProcess
from grader.transport.student import Student, Transport, settle, shared_state
from grader.worker.module_loader import importable

TRANSPORT = pytest.StashKey[Callable[[], Transport]]()
"""On the judge's config: gives the transport to the submission under judgement."""

SECRET = pytest.StashKey[Callable[[], str]]()
"""On the judge's config: gives what the hidden inputs are drawn from."""

PROGRESS = pytest.StashKey[Callable[[str], None]]()
"""On the judge's config: shows one line about a spec that takes long."""


@pytest.fixture(scope="module")
def _in_process(request: pytest.FixtureRequest) -> Iterator[InProcess]:
    """The code beside a spec: the learner's, or the reference for a spec named by itself."""
    exercise = exercise_at(request.path)
    assert exercise is not None
    reference = request.path == exercise.spec
    tree = exercise.root / ("solutions" if reference else "exercises")
    sources = read_modules(tree, course_of(exercise))
    with importable(sources):
        yield InProcess(sources)


def provide(item: pytest.Function) -> None:
    """Give a spec what it asks for here, so that pytest need not look for it.

    The judge runs the same specs again and again, and most of them for less time than that takes.

    Parameters
    ----------
    item : pytest.Function
        The spec, before its set-up.
    """
    item.stash[_GIVEN] = {}
    item.funcargs.update({name: _give(item, name) for name in item.fixturenames if name in _MAKERS})


_GIVEN = pytest.StashKey[dict[str, Any]]()


def _give(item: pytest.Function, name: str) -> Any:
    given = item.stash.setdefault(_GIVEN, {})
    if name not in given:
        given[name] = _MAKERS[name](item)
    return given[name]


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """The learner's module, as a spec sees it."""
    made: Student = _give(request.node, "student")
    return made


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """What a spec draws its inputs from."""
    made: np.random.Generator = _give(request.node, "rng")
    return made


@pytest.fixture
def exercise_rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """The same for all specs of an exercise: for what is made once, and used by several."""
    made: np.random.Generator = _give(request.node, "exercise_rng")
    return made


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Shows one line about a spec that takes long."""
    made: Callable[[str], None] = _give(request.node, "progress")
    return made


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Iterator[None]:
    """Have done what a spec has asked for and never used; look at objects that disagree."""
    student = pyfuncitem.stash.get(_GIVEN, {}).get("student")
    if student is None:
        return (yield)
    try:
        try:
            result = yield
        except Exception:
            settle(student)  # what fails there comes first in the spec, and is told instead
            raise
        settle(student)
    except Mismatch as error:
        error.clue = shared_state(student)
        raise
    return result


def _make_student(item: pytest.Function) -> Student:
    find_transport = item.config.stash.get(TRANSPORT, None)
    transport = (
        find_transport() if find_transport else request_of(item).getfixturevalue("_in_process")
    )
    # Not the seed of rng: her code is told this one, and could draw the same inputs from it.
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
}
