"""Correct solutions written differently: none of them is reported as wrong."""

from collections import Counter
from itertools import groupby
from pathlib import Path

import pytest

from grader.course.modules import read_module, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.verdicts.verdict import Tier
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
ALTERNATIVES = sorted((ROOT / "tests" / "alternatives").glob("*/*.py"))


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


def said(verdict):
    """The messages about the core of an exercise; empty if all of it passed without any."""
    core = verdict.of(Tier.CORE)
    assert core
    return {s.name: s.told() or s.outcome for s in core if not s.passed or s.told() or s.mistake}


def named(path):
    return f"{path.parent.name}-{path.stem}"


def test_there_are_at_least_four_for_each_exercise():
    """Each says in a line how it differs."""
    number = Counter(path.parent.name for path in ALTERNATIVES)
    assert set(number) == {one.name for one in COURSE.exercises}
    assert min(number.values()) >= 4
    assert all(path.read_text("utf-8").startswith('"""') for path in ALTERNATIVES)


def with_a_few_quickly():
    """All alternatives; of each exercise, a bare pytest runs the first three."""
    for _, paths in groupby(ALTERNATIVES, lambda path: path.parent):
        for number, path in enumerate(paths):
            yield pytest.param(path, marks=[pytest.mark.thorough] if number >= 3 else [])


@pytest.mark.parametrize("path", with_a_few_quickly(), ids=named)
def test_another_way_to_write_it_passes_core_without_a_word(judge, path):
    """In-process and judged alike: no message, no mistake, no hint."""
    exercise = COURSE.named(path.parent.name)
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = read_module(path)
    with Judged(sources) as worker:
        # Training on real digits takes long; the textbook's code is trained in test_specs.
        assert said(judge.judge_exercise(exercise, worker, cheap_only=True)) == {}
    with importable(sources):
        in_process = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)
    assert said(in_process) == {}
