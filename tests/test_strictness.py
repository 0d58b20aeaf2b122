"""Core asks for what lessons and stubs say, and for no more; and never by the luck of the draw."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.modules import read_module, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.mistakes.catalogue import make, read_mistakes
from grader.transport.in_process import InProcess
from grader.verdicts.verdict import Outcome, Tier
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
IN_PLACE = """
    x -= np.max(x, axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= np.sum(x, axis=-1, keepdims=True)
    return x

"""
# Exercise, pieces of its solution, and what another learner wrote instead.
RIGHT = {
    "softmax_in_place": ("04_softmax_with_loss", [
        ("    shifted = x - np.max(x, axis=-1, keepdims=True)\n", IN_PLACE),
    ]),
    "relu_in_place": ("02_activations", [
        ("return np.maximum(x, 0)", "x[self.mask] = 0\n        return x"),
        ("dx = dout * ~self.mask", "dx = dout\n        dx[self.mask] = 0"),
    ]),
    "mask_under_another_name": ("02_activations", [("self.mask", "self.hidden")]),
    "mask_of_what_passes": ("02_activations", [
        ("self.mask = x <= 0", "self.mask = x > 0"), ("~self.mask", "self.mask"),
    ]),
    "out_under_another_name": ("02_activations", [("self.out", "self.y")]),
    "inputs_under_other_names": ("01_simple_layers", [("self.x", "self.a"), ("self.y", "self.b")]),
    "batch_under_another_name": ("03_affine", [("self.x", "self.batch")]),
    "y_t_and_loss_under_other_names": ("04_softmax_with_loss", [
        ("self.y", "self.p"), ("self.t", "self.right"), ("self.loss", "self.cost"),
    ]),
    "last_layer_of_the_book": ("06_two_layer_net", [("self.last_layer", "self.lastLayer")]),
    "loss_after_the_step": ("07_mnist", [
        ("        losses.append(network.last_layer.loss)  # computed by gradient\n", ""),
        ("    return losses\n", "        losses.append(network.loss(x, t))\n    return losses\n"),
    ]),
    "convolution_in_float64": ("11_convolution", [("dtype=col.dtype", "dtype=float")]),
}  # fmt: skip
HE = (
    "06_two_layer_net",
    [
        ("weight_init_std * normal((input", "np.sqrt(2 / input_size) * normal((input"),
        ("weight_init_std * normal((hidden", "np.sqrt(2 / input_size) * normal((hidden"),
    ],
)


@pytest.fixture(scope="module")
def judge():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("grader.judging.known_runs.read_mistakes", lambda exercise: ())
        yield Judge(COURSE)


def verdict_on(judge, name, changes):
    """The verdict on a solution that is written in another way."""
    exercise = COURSE.named(name)
    source = read_module(exercise.solution)
    text = source.text
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = replace(source, text=text)
    with importable(sources):
        return judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)


@pytest.mark.parametrize("case", RIGHT)
def test_right_answers_pass_core_whatever_is_stored_or_overwritten(judge, case):
    """Core asks for results only; attributes and arguments that keep their values are stretch.

    Seen: softmax that subtracts the maximum in place failed core in three learners' repositories,
    and a missing `mask` failed while a missing `out` did not.
    """
    verdict = verdict_on(judge, *RIGHT[case])
    assert [spec.name for spec in verdict.of(Tier.CORE) if not spec.passed] == []
    assert [spec.name for spec in verdict.of(Tier.STRETCH) if not spec.passed] != []


def test_a_spread_that_does_not_follow_weight_init_std_is_told_as_such(judge):
    """Seen: He initialisation, of which the message said that zeros were expected."""
    verdict = verdict_on(judge, *HE)
    (broken,) = (spec for spec in verdict.specs if spec.outcome is Outcome.FAILED)
    told = str(broken.message)
    assert "standard deviation of W1" in told
    assert "weight_init_std changes nothing" in told
    assert "array" not in told


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("std * normal((input", "std * 2 * normal((input", "deviation of W1"),
        ("W1 = weight_init_std * ", "W1 = weight_init_std * 2 + weight_init_std * ", "share of W1"),
        ("W1.astype(dtype)", "W1.T.astype(dtype)", "shape (80, 300) instead of (300, 80)"),
    ],
)  # fmt: skip
def test_weights_of_another_kind_are_told_by_their_spread_mean_or_shape(judge, before, after, told):
    """None of them by an array of zeros."""
    verdict = verdict_on(judge, "06_two_layer_net", [(before, after)])
    named = {spec.name: spec for spec in verdict.specs}
    assert told in str(named["test_TwoLayerNet_starts_with_small_random_weights"].message)


@pytest.mark.thorough
@pytest.mark.parametrize("name", [exercise.name for exercise in COURSE.exercises[:5]])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_mistake_costs_the_same_whatever_the_secret(judge, name, monkeypatch):
    """Seen: a maximum of the whole batch lost 1 or 2 points, by the secret.

    What rounding does depends on the digits that it takes away.
    """
    exercise = COURSE.named(name)
    sources = read_modules(ROOT / "solutions", COURSE)
    for mistake in read_mistakes(exercise):
        if "_rounded_to_" in mistake.name:
            continue
        sources[exercise.module] = make(mistake, exercise)
        points = set()
        with importable(sources):
            for seed in range(5):
                monkeypatch.setattr(judge, "secret", f"seed {seed}")
                transport = InProcess(sources)
                points.add(judge.judge_exercise(exercise, transport, cheap_only=True).points)
        assert len(points) == 1, (mistake.name, points)
