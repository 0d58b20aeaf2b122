"""What a learner reads of ten known mistakes, to the letter."""

import os
from pathlib import Path

import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import make, read_mistakes
from grader.transport.in_process import InProcess
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
SNAPSHOTS = ROOT / "tests" / "snapshots"
RENEW = "KATA_RENEW_SNAPSHOTS"
TELLING = [
    ("01_simple_layers", "mul_keeps_nothing"),
    ("01_simple_layers", "add_ones_returned"),
    ("01_simple_layers", "add_return_missing"),
    ("02_activations", "relu_zero_not_in_mask"),
    ("02_activations", "relu_writes_into_x"),
    ("02_activations", "relu_if_on_an_array"),
    ("03_affine", "affine_db_over_all_axes"),
    ("04_softmax_with_loss", "loss_layer_t_minus_y"),
    ("04_softmax_with_loss", "cross_entropy_no_floor"),
    ("05_numerical_gradient", "numerical_2_missing"),
]


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of wrong arithmetic
@pytest.mark.parametrize(("name", "mistake"), TELLING)
def test_a_known_mistake_is_told_as_it_was_read_and_approved(judge, name, mistake):
    """The promise, what differs, the hint, and the mistake with its place."""
    exercise = COURSE.named(name)
    catalogue = {one.name: one for one in read_mistakes(exercise)}
    made = catalogue[mistake]
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = make(made, exercise)
    with importable(sources):
        verdict = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)
    failed = next(spec for spec in verdict.specs if not spec.passed)
    text = f"{failed.promise}\n{failed.told()}\n"
    path = SNAPSHOTS / f"{made.name}.txt"
    if RENEW in os.environ:
        path.write_text(text, "utf-8")
    again = f"read what is new; if it is better: {RENEW}=1 pytest tests/test_snapshots.py"
    assert text == path.read_text("utf-8"), again
