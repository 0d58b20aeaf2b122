"""The fixtures of specs."""

from types import SimpleNamespace

import numpy as np
import pytest

from grader.course.settings import find_course
from grader.judging.pytest_session import PytestSession
from grader.specs import fixtures
from grader.transport.in_process import InProcess
from grader.worker.module_loader import importable
from grader.worker.source import Source

SPEC = """
import numpy as np

DRAWN = {}

def test_one(student, rng, exercise_rng, progress, request):
    DRAWN["one"] = rng.random(), exercise_rng.random()
    progress(f"{request.node.name} of {student.name()}")

def test_other(rng, exercise_rng):
    DRAWN["other"] = rng.random(), exercise_rng.random()

def test_both(rng, another, student):
    assert another is rng

import pytest

@pytest.fixture
def another(rng):
    return rng

def test_random(student):
    DRAWN["random"] = student.draw()
"""
CODE = """
import random
import numpy as np

def name():
    return "double"

def draw():
    return float(random.random()), float(np.random.rand())
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "tests" / "specs").mkdir(parents=True)
    (tmp_path / "pyproject.toml").write_text("[tool.kata]\nexercises = ['01_double']\n", "utf-8")
    (tmp_path / "tests/specs/test_01_double.py").write_text(SPEC, "utf-8")
    return find_course(tmp_path)


@pytest.fixture
def run(course):
    """Run specs in a session with a secret; return what they drew and their progress lines."""

    def run(secret, *names):
        lines = []
        session = PytestSession(course, course.exercises, secret, lines.append)
        sources = {"double": Source("double.py", CODE)}
        with importable(sources):
            for name in names:
                error = session.run(session.named[name], InProcess(sources))
                assert error is None, error
        drawn = session.named["test_one"].obj.__globals__["DRAWN"]
        return SimpleNamespace(drawn=dict(drawn), lines=lines)

    return run


def test_a_spec_gets_the_module_random_numbers_and_a_display_of_progress(run):
    """The module is the learner's, and progress lines are shown."""
    assert run("s", "test_one").lines == ["test_one of double"]


def test_each_spec_draws_its_own_numbers_and_shares_those_of_the_exercise(run):
    """The numbers are the same in any order of the specs, and in each run."""
    one = run("s", "test_one", "test_other").drawn
    other = run("s", "test_other", "test_one", "test_one").drawn
    assert one == other
    assert one["one"][0] != one["other"][0]
    assert one["one"][1] == one["other"][1]


def test_another_secret_draws_other_numbers(run):
    """The numbers cannot be derived from the course alone."""
    one, other = run("s", "test_one").drawn["one"], run("t", "test_one").drawn["one"]
    assert one[0] != other[0]
    assert one[1] != other[1]


def test_a_fixture_of_the_spec_gets_the_same_object(run):
    """Objects that were provided beforehand are those that pytest finds."""
    run("s", "test_both")


def test_the_learners_own_generators_are_seeded_otherwise(run):
    """Their numbers are the same in each run, and do not reveal those of the inputs."""
    first, second = (run("s", "test_random").drawn["random"] for _ in range(2))
    assert first == second != run("t", "test_random").drawn["random"]
    assert run("s", "test_one").drawn["one"][0] not in first


def test_only_what_a_spec_asks_for_is_made(course):
    """For a spec that only draws numbers, the rest would take most of the time."""
    session = PytestSession(course, course.exercises)
    item = session.named["test_other"]
    item.funcargs.clear()
    fixtures.provide(item)
    assert set(item.funcargs) == {"request", "rng", "exercise_rng"}
    assert isinstance(item.funcargs["rng"], np.random.Generator)
