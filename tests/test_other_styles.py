"""Known mistakes are named in code of another style, too: the textbook's, and other masks."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.modules import read_module, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import make, read_mistakes
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
# An alternative of 10_regularization, a piece of it, what is wrong instead, and the mistake's name.
MASKS = [
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
# Mistakes that end in an exception of the learner's own Relu: dout does not fit its mask.
IN_RELU = [
    ("06_two_layer_net", "net_gradient_without_loss_layer"),
    ("06_two_layer_net", "net_gradient_does_not_chain"),
    ("13_conv_net", "flatten_backward_keeps_rows"),
]


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE)


def judged(judge, exercise, path, right, wrong):
    """The cheap specs of an exercise, for a file in which one piece is wrong."""
    source = read_module(path)
    assert source.text.count(right) == 1
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = replace(source, text=source.text.replace(right, wrong))
    with importable(sources):
        return judge.judge_exercise(exercise, InProcess(sources), cheap_only=True).specs


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of their arithmetic
@pytest.mark.parametrize(("name", "right", "wrong", "mistake"), CASES)
def test_a_mistake_in_the_textbooks_code_is_named(judge, name, right, wrong, mistake):
    """Nothing else is named for it.

    Seen: where a mistake changed only `return out`, code that has this line in it was held to be
    right there. One of the cases was asked about in public: reshape in place of transpose
    (oreilly-japan/deep-learning-from-scratch #70).
    """
    exercise = COURSE.named(name)
    path = ROOT / "tests" / "textbook" / exercise.filename
    specs = judged(judge, exercise, path, right, wrong)
    assert {spec.mistake for spec in specs if spec.mistake} == {mistake}


@pytest.mark.parametrize(("name", "mistake"), IN_RELU)
def test_a_mistake_is_named_behind_the_textbooks_relu(judge, name, mistake):
    """Indexed by a mask, an array raises another exception than multiplied by it.

    Seen: with a Relu that multiplies, none of them was named while the reference indexed, and the
    other way round.
    """
    exercise = COURSE.named(name)
    (known,) = (one for one in read_mistakes(exercise) if one.name == mistake)
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = make(known, exercise)
    sources["activations"] = read_module(ROOT / "tests" / "textbook" / "activations.py")
    with importable(sources):
        specs = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True).specs
    named = {spec.mistake for spec in specs if "gradient_of_the" in spec.name and not spec.passed}
    assert named == {mistake}


@pytest.mark.parametrize(("alternative", "right", "wrong", "mistake"), MASKS)
def test_a_mistake_is_named_whatever_the_mask_is(judge, alternative, right, wrong, mistake):
    """In each promise that breaks, the same mistake and no other.

    The masks of such code are not those of the reference. So a mistake is recognised only if what
    the specs compare does not depend on the mask (seen while 10_regularization was written: a mask
    for each column of inverted dropout was not named, and a missing mask in its backward had a
    false name).
    """
    exercise = COURSE.named("10_regularization")
    path = ROOT / "tests" / "alternatives" / exercise.name / f"{alternative}.py"
    specs = judged(judge, exercise, path, right, wrong)
    assert {spec.mistake for spec in specs if not spec.passed} == {mistake}
