"""Specs beside pytest-xdist, pytest-randomly and pytest-cov."""

import json

import pytest
from pytest_learner import DB_OVER_ALL_AXES, last_line

EXERCISE = "exercises/03_affine"
WITHOUT = "-p no:hypothesispytest -p no:anyio"
"""Options of a learner who has these plugins."""
BROKEN = "03_affine: 5 of 10 core, 5 of 10 points ★. Next: pytest exercises/03_affine --hint --hint"


@pytest.fixture
def mistaken(knowing):
    """A learner who makes a known mistake, and has a test of their own."""
    settings = knowing.root / "pyproject.toml"
    settings.write_text(settings.read_text("utf-8").replace(" -p no:randomly", ""), "utf-8")
    knowing.solves("03_affine", DB_OVER_ALL_AXES)
    (knowing.root / "mine").mkdir()
    (knowing.root / "mine" / "test_mine.py").write_text("def test_mine(): pass\n", "utf-8")
    return knowing


def test_exercises_are_not_distributed(mistaken):
    """A mistake is named by all specs that it breaks; it is said why there is one process.

    Seen: 316 lines of INTERNALERROR, because an enum in a report cannot be serialised; as in
    pytest-dev/pytest-xdist#1273.
    """
    options = (EXERCISE, "-n", "2", "--hint")
    output = mistaken.runs(*options, PYTEST_ADDOPTS=WITHOUT, code=1)
    assert "INTERNALERROR" not in output
    assert "kata: exercises run in one process" in output
    assert "hint      The bias was added to every sample." in output
    assert last_line(output) == BROKEN


@pytest.mark.thorough
def test_exercises_beside_other_tests_are_summed_up_over_all_processes(mistaken):
    """Hints, too, though each process has seen only some of the specs."""
    options = ("mine", EXERCISE, "-n", "2", "--hint")
    output = mistaken.runs(*options, PYTEST_ADDOPTS=WITHOUT, code=1)
    assert "INTERNALERROR" not in output
    assert "one process" not in output
    assert "hint      The bias was added to every sample." in output
    assert "5 failed, 7 passed" in output
    assert last_line(output) == BROKEN


@pytest.mark.thorough
def test_what_is_not_written_is_told_once_by_all_processes(learner):
    """And an outcome has its own name."""
    (learner.root / "test_mine.py").write_text("def test_mine(): pass\n", "utf-8")
    options = ("test_mine.py", EXERCISE, "-n", "2")
    output = learner.runs(*options, PYTEST_ADDOPTS=WITHOUT, code=1)
    assert output.count("not written yet in affine.py") == 1
    assert "10 not started" in output
    assert last_line(output).startswith("03_affine: 0 of 10 core, 0 of 10 points")


def test_a_shuffle_leaves_the_specs_in_order(mistaken):
    """Some rest on earlier ones, and their inputs are the same; the summary is the same."""
    shuffled = (EXERCISE, "mine", "-v", "--hint")
    output = mistaken.runs(*shuffled, PYTEST_ADDOPTS=WITHOUT, code=1)
    assert "Using --randomly-seed" in output
    lines = [line for line in output.splitlines() if line.startswith(EXERCISE)]
    specs = [line.partition("::")[2].split()[0] for line in lines]
    plain = mistaken.runs(EXERCISE, "--collect-only", "-q", code=0).split()
    assert specs == [one.partition("::")[2] for one in plain if "::" in one]
    assert last_line(output) == BROKEN


def test_the_lines_of_an_exercise_can_be_measured(mistaken):
    """By pytest-cov, also if -n is given."""
    options = (EXERCISE, "--cov=exercises", "--cov-report=json", "-n", "2")
    output = mistaken.runs(*options, PYTEST_ADDOPTS=WITHOUT, code=1)
    (measured,) = json.loads((mistaken.root / "coverage.json").read_text("utf-8"))["files"].items()
    assert measured[0] == "exercises/03_affine/affine.py"
    assert measured[1]["summary"]["percent_covered"] == 100
    assert last_line(output) == BROKEN.removesuffix(" --hint")
