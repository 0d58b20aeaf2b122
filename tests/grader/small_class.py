"""A course of two exercises, and what judges make of submissions to it."""

import multiprocessing
import sys

import pytest

from grader.judging.batch import judge_all
from grader.judging.pool import Pool

linux = pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")

SPECS = {
    "90_twice": '''
def test_twice_doubles(student, rng):
    """Twice doubles."""
    x = int(rng.integers(1000))
    assert student.twice(x) == 2 * x
''',
    "91_half": '''
def test_half_halves(student, rng):
    """Half halves."""
    x = int(rng.integers(1000))
    assert student.half(2 * x) == x
''',
}

TWICE = "def twice(x):\n    return 2 * x\n"

HALF = "def half(x):\n    return x / 2\n"

# Code that is judged without a sandbox, and knows on which attempt it is.
ATTEMPT = """
import os, signal, time

def attempt():
    with open({log!r}, "a") as file:
        file.write("x")
        return file.tell()

def kill_the_judge():
    with open(f"/proc/{{os.getppid()}}/stat") as file:
        judge = int(file.read().rpartition(")")[2].split()[1])
    os.kill(judge, signal.SIGKILL)
    time.sleep(60)
"""


def judged(submissions, settings, jobs):
    """The judgements of a pool of its own."""
    with Pool(jobs) as pool:
        yield from judge_all(submissions, settings, pool)


def verdicts(judgements):
    return {one.verdict.name: one.verdict for one in judgements}


def outcomes(verdict):
    return [spec.outcome for exercise in verdict.exercises for spec in exercise.specs]


def judges():
    """The processes of this one that judge."""
    return {child.pid for child in multiprocessing.active_children()}
