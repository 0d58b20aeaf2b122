"""A learner for the tests of the plugin."""

import shutil
from pathlib import Path

import pytest
from pytest_learner import PytestLearner


@pytest.fixture
def learner(course_copy, process):
    return PytestLearner(course_copy, process)


MISTAKES = Path(__file__).parents[2] / "mistakes"


@pytest.fixture
def knowing(learner):
    """A learner whose course has its catalogue of mistakes."""
    shutil.copytree(MISTAKES, learner.root / "tests/mistakes", dirs_exist_ok=True)
    return learner
