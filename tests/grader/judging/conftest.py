"""Fixtures: a course of two exercises, its judge settings, and submissions."""

import pytest
from small_class import HALF, SPECS, TWICE

from grader.course.limits import Limits
from grader.course.settings import find_course
from grader.judging.judgement import JudgeConfig
from grader.submissions.submission import Submission
from grader.transport.worker_process import can_confine, sandbox_layers
from grader.worker.source import Source


@pytest.fixture
def course(tmp_path):
    """Create a course of two exercises with one spec each."""
    root = tmp_path / "course"
    (root / "tests" / "specs").mkdir(parents=True)
    (root / "pyproject.toml").write_text(f"[tool.kata]\nexercises = {list(SPECS)}\n", "utf-8")
    for name, spec in SPECS.items():
        (root / "tests" / "specs" / f"test_{name}.py").write_text(spec, "utf-8")
    return find_course(root)


@pytest.fixture
def settings_of(course):
    def settings(confined=None, **limits):
        confined = can_confine() if confined is None else confined
        layers = sandbox_layers() if confined else ()
        return JudgeConfig(course.root, tuple(SPECS), "5ec7e7", Limits(**limits), layers)

    return settings


@pytest.fixture
def submit(course):
    def submit(name, twice=TWICE, half=HALF):
        sources = {"twice": Source("twice.py", twice), "half": Source("half.py", half)}
        return Submission(name, sources, course.exercises)

    return submit
