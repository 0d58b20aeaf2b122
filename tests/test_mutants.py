"""`tests/mutants/mutants.py` tells killed mutants from survivors, and checks its list."""

import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from grader.course.settings import find_course

pytestmark = pytest.mark.thorough

TOOL = Path(__file__).parent / "mutants" / "mutants.py"
SOLUTION = '''"""Doubling."""


def double(x: int | float) -> float:
    """Twice x."""
    return x + x * 1.0


def shout(text: str = "a") -> str:
    """Given to the learner."""
    return text + "!"
'''
STUB = SOLUTION.replace("return x + x * 1.0", "raise NotImplementedError  # TODO")
SPEC = '''import pytest

from grader.specs.assertions import assert_matches


@pytest.mark.core
def test_double_doubles(student, rng):
    """double returns twice x."""
    x = rng.uniform(1, 2)
    assert_matches(student.double(x), 2 * x)
'''
SETTINGS = """[tool.kata]
exercises = ["01_doubling"]
limits = {call_cpu_seconds = 0.5}
"""
RIGHT = "return x + x * 1.0"
KILLED, ENDLESS, SURVIVOR = "return x - x * 1.0", "while True: pass", "return x + x / 1.0"


@pytest.fixture
def mutants(monkeypatch):
    monkeypatch.syspath_prepend(TOOL.parent)
    return importlib.import_module(TOOL.stem)


@pytest.fixture
def course(tmp_path):
    """A course of one exercise, and the tool beside it."""
    (tmp_path / "pyproject.toml").write_text(SETTINGS, "utf-8")
    course = find_course(tmp_path)
    (exercise,) = course.exercises
    for path, text in ((exercise.stub, STUB), (exercise.solution, SOLUTION), (exercise.spec, SPEC)):
        path.parent.mkdir(parents=True)
        path.write_text(text, "utf-8")
    shutil.copytree(TOOL.parent, tmp_path / "tests" / "mutants")
    list_equivalent(course)
    return course


def list_equivalent(course, *afters):
    """Write the list of the course's equivalent mutants."""
    entries = [
        f'[[equivalent]]\nexercise = "01_doubling"\nwhere = "double"\nbefore = "{RIGHT}"\n'
        f'after = "{after}"\nwhy = "x / 1 is x"\n'
        for after in afters
    ]
    path = course.root / "tests" / "mutants" / "equivalent.toml"
    path.write_text("\n".join(entries), "utf-8")
    return path


def judge(mutants, course, listed, *afters):
    """Judge mutants made by hand."""

    def make(exercise):
        changes = (mutants.Change(exercise.name, "double", RIGHT, after) for after in afters)
        return {change: SOLUTION.replace(RIGHT, change.after) for change in changes}

    known = mutants.read_equivalent(list_equivalent(course, *listed))
    return mutants.run(course, course.exercises, known, 1, make)


def command(course, *arguments):
    script = course.root / "tests" / "mutants" / "mutants.py"
    return subprocess.run(
        [sys.executable, script, *arguments], capture_output=True, text=True, cwd=course.root
    )


def test_a_survivor_that_is_not_listed_is_told_beside_the_number_of_those_killed(
    mutants, course, capsys
):
    """With the lines that differ; one that loops forever is killed by its limits."""
    assert not judge(mutants, course, [], KILLED, SURVIVOR, ENDLESS)
    output = capsys.readouterr().out
    assert re.search(r"01_doubling +3 mutants, +2 killed, +1 survive", output)
    assert f"in double\n    - {RIGHT}\n    + {SURVIVOR}\n" in output
    assert KILLED not in output


def test_a_survivor_that_is_listed_passes(mutants, course, capsys):
    """It is counted, and nothing else is printed."""
    assert judge(mutants, course, [SURVIVOR], KILLED, SURVIVOR)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_listed_mutant_that_does_not_survive_is_told(mutants, course, capsys):
    """Whether a spec kills it by now, or the solution has changed."""
    assert not judge(mutants, course, [KILLED, "return x"], KILLED)
    output = capsys.readouterr().out
    assert f"is killed, in double\n    - {RIGHT}\n    + {KILLED}\n" in output
    assert f"is no mutant any more, in double\n    - {RIGHT}\n    + return x\n" in output


def test_what_a_learner_writes_is_what_differs_between_stub_and_solution(mutants, course):
    """Not what the stub hands over finished."""
    assert mutants.functions_to_write(course.exercises[0]) == {"double"}


def test_mutants_are_made_of_what_a_learner_writes_only(mutants, course):
    """Not of annotations, docstrings, or what the stub hands over finished."""
    pytest.importorskip("mutmut", reason="mutmut makes the mutants: the extra `mutants`")
    made = mutants.make_mutants(course.exercises[0])
    assert {change.after for change in made} >= {KILLED, SURVIVOR}
    assert {(change.where, change.before) for change in made} == {("double", RIGHT)}


def test_the_command_judges_what_mutmut_makes(course):
    """Exit code 1 as long as a survivor is not listed."""
    pytest.importorskip("mutmut", reason="mutmut makes the mutants: the extra `mutants`")
    done = command(course, "--seeds", "1")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"+ {SURVIVOR}" in done.stdout


def test_a_command_that_can_say_nothing_says_why(course):
    """Exit code 2: an unknown exercise, or an invalid list."""
    done = command(course, "99_none")
    assert done.returncode == 2
    assert "there is no exercise '99_none'; the course has 01_doubling" in done.stderr
    path = list_equivalent(course, SURVIVOR)
    path.write_text(path.read_text("utf-8").replace("why", "because"), "utf-8")
    done = command(course)
    assert done.returncode == 2
    assert str(path) in done.stderr
    assert "entry 1: expected exercise, where, before, after and why" in done.stderr


def test_without_mutmut_the_command_says_what_to_install(mutants, course, monkeypatch):
    """The extra of the course."""
    monkeypatch.setitem(sys.modules, "mutmut.mutation.mutators", None)
    with pytest.raises(mutants.MutantsError, match=re.escape('pip install -e ".[mutants]"')):
        mutants.make_mutants(course.exercises[0])


def test_a_reference_that_fails_itself_proves_nothing(mutants, course):
    """Or all of its mutants would count as killed."""
    solution = course.exercises[0].solution
    solution.write_text(SOLUTION.replace(RIGHT, KILLED), "utf-8")
    with pytest.raises(mutants.MutantsError, match="the reference itself does not pass"):
        judge(mutants, course, [])
