"""The pytest session of a judge.

Run also with other versions of pytest, by tests/pytest_versions.py.
"""

import pytest

from grader.course.settings import find_course
from grader.judging.pytest_session import PytestSession
from grader.transport.in_process import InProcess
from grader.worker.module_loader import importable
from grader.worker.source import Source


@pytest.fixture(params=["course", "course (2026) [a]"])
def course(request, tmp_path):
    """Create a course with two exercises and three specs.

    pytest itself takes a bracket in a path for a parameter.
    """
    tmp_path /= request.param
    (tmp_path / "tests" / "specs").mkdir(parents=True)
    names = ("01_double", "02_triple")
    (tmp_path / "pyproject.toml").write_text(f"[tool.kata]\nexercises = {list(names)}\n", "utf-8")
    double = """
def test_double_a(student):
    assert float(student.double(2.0)) == 4.0

def test_double_b(rng, progress):
    progress(f"drawn: {rng.random()}")
"""
    (tmp_path / "tests/specs/test_01_double.py").write_text(double, "utf-8")
    triple = "def test_triple(student):\n    pass\n"
    (tmp_path / "tests/specs/test_02_triple.py").write_text(triple, "utf-8")
    return find_course(tmp_path)


def run_on(session, name, text):
    """Run a spec on code with the given text."""
    sources = {"double": Source("double.py", text)}
    with importable(sources):
        return session.run(session.named[name], InProcess(sources))


def test_a_session_has_the_specs_of_each_exercise(course):
    """In the order of the spec files, and by name."""
    session = PytestSession(course, course.exercises)
    names = [[item.name for item in session.items[one]] for one in course.exercises]
    assert names == [["test_double_a", "test_double_b"], ["test_triple"]]
    assert session.named["test_triple"] is session.items[course.exercises[1]][0]
    assert set(PytestSession(course, course.exercises[1:]).named) == {"test_triple"}


def test_a_spec_is_run_against_one_transport_after_another(course):
    """Correct, wrong and correct again: nothing of an earlier submission is left."""
    session = PytestSession(course, course.exercises)
    right, wrong = "def double(x):\n    return 2 * x\n", "def double(x):\n    return x\n"
    assert run_on(session, "test_double_a", right) is None
    assert isinstance(run_on(session, "test_double_a", wrong), AssertionError)
    assert run_on(session, "test_double_a", right) is None


def test_secret_and_progress_are_those_of_the_session(course):
    """Another secret draws other numbers; progress is reported unless it is suppressed."""
    lines = []
    session = PytestSession(course, course.exercises, "one", lines.append)
    for secret in ("one", "other", "one"):
        session.secret = secret
        assert run_on(session, "test_double_b", "") is None
    assert lines[0] == lines[2] != lines[1]
    with session.without_progress():
        assert run_on(session, "test_double_b", "") is None
    assert len(lines) == 3
    assert run_on(session, "test_double_b", "") is None
    assert len(lines) == 4


@pytest.mark.parametrize("mark", ["skip", "skipif(True, reason='')", "xfail"])
def test_a_spec_that_is_marked_not_to_count_is_an_error(course, mark):
    """Such a spec would never fail."""
    spec = course.exercises[1].spec
    spec.write_text(f"import pytest\n@pytest.mark.{mark}\ndef test_triple(): pass\n", "utf-8")
    session = PytestSession(course, course.exercises)
    error = run_on(session, "test_triple", "")
    assert isinstance(error, RuntimeError)
    assert mark.partition("(")[0] in str(error)
