"""Tests of a learner's own, beside the code."""

import pytest
from pytest_learner import AFFINE, last_line

MINE = """import numpy as np
from affine import Affine


def test_mine():
    from simple_layers import MulLayer

    layer = Affine(np.eye(2), np.zeros(2))
    assert layer.forward(np.ones((1, 2))).tolist() == [[1, 1]]
    assert MulLayer.__module__ == "simple_layers"


class TestMore:
    def test_that_fails(self):
        assert Affine.__name__ == "Relu"
"""


@pytest.fixture
def author(learner):
    """A learner who has solved 03, and writes tests of it."""
    learner.solves("03_affine")
    learner.writes("exercises/03_affine/test_mine.py", MINE)
    return learner


def test_a_learners_own_tests_import_the_exercises_and_run_beside_the_specs(author):
    """They are reported by pytest as ever, and the last line is about the exercise."""
    output = author.runs("exercises/03_affine", code=1)
    assert "1 failed, 12 passed" in output
    assert "FAILED exercises/03_affine/test_mine.py::TestMore::test_that_fails" in output
    assert "03_affine: 10 of 10 core" in last_line(output)
    assert "1 passed" in author.runs("test_mine.py::test_mine", cwd="exercises/03_affine", code=0)


@pytest.mark.thorough
@pytest.mark.parametrize("line", ["from affine import Affin", "import nowhere", "def test_(:"])
def test_a_test_that_cannot_be_imported_does_not_stop_the_specs(author, line):
    """It is an error of its own."""
    author.writes("exercises/03_affine/test_mine.py", line)
    output = author.runs("exercises/03_affine", code=1)
    assert "11 passed, 1 error" in output
    assert "03_affine: 10 of 10 core, 10 of 10 points" in last_line(output)


def test_a_spec_sees_nothing_of_what_lies_beside_it(author):
    """A module that a judge would not have is not importable because there is a test."""
    author.writes("exercises/03_affine/helper.py", "number = 1")
    author.writes(
        "exercises/03_affine/test_mine.py", "import numpy\n\n\ndef test_mine():\n    pass"
    )
    text = (author.root / AFFINE).read_text("utf-8")
    author.writes(AFFINE, f"import helper\n\nassert helper.number\n{text}")
    output = author.runs("exercises/03_affine", code=1)
    assert "ModuleNotFoundError" in output
    assert "1 passed" in output
