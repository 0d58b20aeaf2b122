"""Known mistakes are named in code that is written as in the textbook, too."""

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
MOVED = "out.reshape(N, out_h, out_w, C).transpose(0, 3, 1, 2)"
# Exercise, a piece of the textbook's code, what a learner wrote instead, and the mistake's name.
CASES = [
    ("12_pooling", "out = np.max(col, axis=1)", "out = np.mean(col, axis=1)", "pool_average"),
    ("12_pooling", MOVED, "out.reshape(N, C, out_h, out_w)", "pool_order_mixed"),
    ("12_pooling", MOVED, "out.reshape(N, out_h, out_w, C)", "pool_channels_last"),
    ("12_pooling", "= dout.flatten()", "= 1", "pool_dout_ignored"),
    ("12_pooling", "self.arg_max = arg_max", "self.arg_max = np.zeros_like(arg_max)",
     "pool_position_lost"),
    ("12_pooling", "dmax = np.zeros((dout.size, pool_size))",
     "dmax = np.tile(dout.reshape(-1, 1), pool_size)", "pool_dout_everywhere"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of their arithmetic
@pytest.mark.parametrize(("name", "right", "wrong", "mistake"), CASES)
def test_a_mistake_in_the_textbooks_code_is_named(judge, name, right, wrong, mistake):
    """Nothing else is named for it.

    Seen: where a mistake changed only `return out`, code that has this line in it was held to be
    right there. One of the cases was asked about in public: reshape in place of transpose
    (oreilly-japan/deep-learning-from-scratch #70).
    """
    exercise = COURSE.named(name)
    source = read_module(ROOT / "tests" / "textbook" / exercise.filename)
    assert source.text.count(right) == 1
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = replace(source, text=source.text.replace(right, wrong))
    with importable(sources):
        verdict = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)
    assert {spec.mistake for spec in verdict.specs if spec.mistake} == {mistake}
