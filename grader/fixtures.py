"""What a spec is given: the learner's module, random numbers, and a way to tell of progress.

The same fixtures serve a learner's pytest, where her code runs in-process, and the judge's session,
which says through the config's stash where a submission's code is.
"""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from grader.spec import course_of, exercise_at, exercise_of, seed_of
from grader.student import Student, Transport
from grader.submission import read_modules
from grader.transport import InProcess
from grader.workbench import importable

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


@pytest.fixture
def student(request: pytest.FixtureRequest) -> Student:
    """The learner's module, as a spec sees it."""
    find_transport = request.config.stash.get(TRANSPORT, None)
    transport = find_transport() if find_transport else request.getfixturevalue("_in_process")
    # Not the seed of rng: her code is told this one, and could draw the same inputs from it.
    seed = _seed(request, f"{request.node.name}: the learner's generators")
    return Student(transport, exercise_of(request.node).module, seed)


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """What a spec draws its inputs from."""
    return np.random.default_rng(_seed(request, request.node.name))


@pytest.fixture
def exercise_rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """The same for all specs of an exercise: for what is made once, and used by several."""
    return np.random.default_rng(_seed(request, "all specs"))


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Shows one line about a spec that takes long."""
    return request.config.stash.get(PROGRESS, None) or _print_past_capture(request.config)


def _seed(request: pytest.FixtureRequest, purpose: str) -> int:
    find_secret = request.config.stash.get(SECRET, None)
    return seed_of(exercise_of(request.node), purpose, find_secret() if find_secret else "")


def _print_past_capture(config: pytest.Config) -> Callable[[str], None]:
    terminal = config.pluginmanager.getplugin("terminalreporter")
    capture = config.pluginmanager.getplugin("capturemanager")

    def show(line: str) -> None:
        with capture.global_and_fixture_disabled():
            terminal.ensure_newline()
            terminal.write_line(line)

    return show
