"""Mistakes in dropout that was written in another way, or that draws from another generator.

The masks of such code are not those of the reference. So a mistake is recognised only if what the
specs compare does not depend on the mask (seen while 10_regularization was written: a mask for each
column of inverted dropout was not named, and a missing mask in its backward had a false name).
"""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.modules import read_module, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.transport.in_process import InProcess
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
EXERCISE = COURSE.named("10_regularization")
WRONG = [
    ("inverted", "< self.keep", "> self.keep", "dropout_ratio_is_kept"),
    ("inverted", "return x\n", "return x * self.keep\n", "dropout_scaled_twice"),
    ("inverted", "return dout * self.mask", "return dout", "dropout_backward_unmasked"),
    ("inverted", "(x.shape)", "(x.shape[-1])", "dropout_of_columns"),
    ("inverted", "dout * self.mask", "dout * (self.mask > 0)",
     "dropout_inverted_backward_not_scaled"),
    ("own_generator", "< self.dropout_ratio", "> self.dropout_ratio", "dropout_ratio_is_kept"),
    ("own_generator", "out -= self.dropout_ratio * out", "pass", "dropout_test_not_scaled"),
    ("own_generator", "dx.flat[self.dropped] = 0", "pass", "dropout_backward_unmasked"),
    ("own_generator", "self.rng.random", "np.random.default_rng(1).random",
     "dropout_seeded_in_forward"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


@pytest.mark.parametrize(("alternative", "right", "wrong", "mistake"), WRONG)
def test_a_mistake_is_named_whatever_the_mask_is(judge, alternative, right, wrong, mistake):
    """In each promise that breaks, the same mistake and no other."""
    folder = ROOT / "tests" / "alternatives" / EXERCISE.name
    source = read_module(folder / f"{alternative}.py")
    assert source.text.count(right) == 1
    reference = read_modules(ROOT / "solutions", COURSE)
    text = source.text.replace(right, wrong)
    sources = {
        **reference,
        EXERCISE.module: replace(reference[EXERCISE.module], text=text),
    }
    with importable(sources):
        verdict = judge.judge_exercise(EXERCISE, InProcess(sources))
    assert {spec.mistake for spec in verdict.specs if not spec.passed} == {mistake}
