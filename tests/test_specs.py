"""The hidden specs: what they catch, what they let through, and how they read."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.course.modules import read_module, read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.submissions.class_folder import collect
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.verdicts.verdict import Outcome, Tier
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
COURSE = find_course(ROOT)
LONGEST_PROMISE = 76  # columns: pytest's heading puts two characters before and after it

# Exercise, a line of its solution, what a learner wrote instead, and a spec that has to notice.
WRONG = [
    ("01_simple_layers", "dx = dout * self.y", "dx = dout * self.x", "other_input"),
    ("01_simple_layers", "dx = dout * self.y", "dx = self.y", "other_input"),
    ("01_simple_layers", "        dx = dout\n", "        dx = -dout\n", "passes_dout"),
    ("02_activations", "self.mask = x <= 0", "self.mask = x < 0", "zero_at_zero"),
    ("02_activations", "return np.maximum(x, 0)", "x[self.mask] = 0\n        return x",
     "leaves_its_input"),
    ("02_activations", "dx = dout * ~self.mask", "dx = dout\n        dx[self.mask] = 0",
     "leaves_dout_alone"),
    ("02_activations", "self.out * (1 - self.out)", "self.out * (1 + self.out)", "slope"),
    ("02_activations", "np.exp(-np.abs(x))", "np.exp(np.abs(x))", "one_over"),
    ("03_affine", "np.sum(dout, axis=0)", "np.sum(dout)", "db_sums"),
    ("03_affine", "np.sum(dout, axis=0)", "np.mean(dout, axis=0)", "db_sums"),
    ("03_affine", "np.dot(dout, self.W.T)", "np.dot(dout, self.W)", "transposes_square"),
    ("03_affine", "np.dot(self.x.T, dout)", "np.dot(dout.T, self.x)", "dW_has_the_shape"),
    ("03_affine", "self.W = W\n", "self.W = W.copy()\n", "very_arrays"),
    ("04_softmax_with_loss", "np.max(x, axis=-1, keepdims=True)", "np.max(x)", "large_scores"),
    ("04_softmax_with_loss", "np.sum(e, axis=-1, keepdims=True)", "np.sum(e)", "each_row"),
    ("04_softmax_with_loss", "-np.sum(t * log_y) / N", "-np.sum(t * log_y)", "averages"),
    ("04_softmax_with_loss", "(self.y - self.t) / N", "(self.t - self.y) / N", "y_minus_t"),
    ("04_softmax_with_loss", "(self.y - self.t) / N", "(self.y - self.t)", "y_minus_t"),
    ("04_softmax_with_loss", "return self.loss", "return None", "mean_loss"),
    ("05_numerical_gradient", "    h = 1e-4\n", "    h = 1e-1\n", "two_sided"),
    ("05_numerical_gradient", "(above - below) / (2 * h)", "(above - below) / h", "quadratic_form"),
    ("05_numerical_gradient", "x[index] = kept - h", "x[index] = kept", "two_sided"),
    ("05_numerical_gradient", "        x[index] = kept\n", "", "puts_x_back"),
    ("06_two_layer_net", "reversed(self.layers.values())", "self.layers.values()", "first_layer"),
    ("06_two_layer_net", '"b1": first.db', '"b1": second.db', "first_layer"),
    ("06_two_layer_net", 'Affine(self.params["W1"],', 'Affine(self.params["W1"].copy(),', "very"),
    ("06_two_layer_net", "np.mean(guesses == labels)", "np.sum(guesses == labels)", "accuracy"),
    ("07_mnist", "            param -= learning_rate * grads[key]",
     "            network.params[key] = param - learning_rate * grads[key]", "layers_hold"),
    ("07_mnist", "param -= learning_rate", "param += learning_rate", "against"),
    ("07_mnist", "t_train[batch]", "t_train[: len(batch)]", "own_labels"),
    ("07_mnist", "size=batch_size)\n        x, t", "size=1)\n        x, t", "as_many"),
    ("07_mnist", "rng.integers(len(x_train)", "np.random.default_rng(0).integers(len(x_train)",
     "new_batch"),
    ("11_convolution", "rows, cols] += columns", "rows, cols] = columns", "adds_where"),
    ("11_convolution", "windows.transpose(1, 4, 5, 0, 2, 3)", "windows.transpose(1, 4, 5, 2, 3, 0)",
     "image_by_image"),
    ("11_convolution", "return padded[:, :, pad : pad + H, pad : pad + W]", "return padded",
     "where_im2col_took"),
    ("11_convolution", "np.sum(dout, axis=1)", "np.sum(dout)", "db_sums"),
    ("11_convolution", "dtype=col.dtype", "dtype=float", "keeps_float32"),
    ("12_pooling", "places[1:], places[0].copy()", "places, 0 * places[0]", "below_zero"),
    ("12_pooling", "place += dout * mask", "place[mask] = dout[mask]", "overlap"),
    ("12_pooling", "free & (place == maxima)", "place == maxima", "ties"),
    ("10_regularization", "return x * (1.0 - self.dropout_ratio)", "return x", "mean_of_training"),
    ("10_regularization", "return dout * self.mask", "return dout", "mask_of_forward"),
    ("10_regularization", "np.random.rand(*x.shape)", "np.random.rand(x.shape[-1])", "alone"),
    ("10_regularization", ' if key.startswith("W")}', "}", "gradient_leaves_biases_out"),
    ("09_batch_normalization", "np.sqrt(2 / n)", "np.sqrt(1 / n)", "he_scale"),
    ("09_batch_normalization", "2 * self.xc * dvar / N", "2 * self.xc * dvar", "dx_includes"),
    ("09_batch_normalization", "dxc + dmu / N", "dxc", "dx_includes"),
    ("09_batch_normalization", "np.mean(self.xc**2, axis=0)", "np.var(x, axis=0, ddof=1)",
     "normalises_each_column"),
    ("09_batch_normalization", "self.momentum * self.running_mean", "self.running_mean",
     "training_moves"),
    ("13_conv_net", "x.reshape(len(x), -1)", "x.transpose(0, 2, 3, 1).reshape(len(x), -1)",
     "returns_the_scores"),
    ("13_conv_net", "(size + 2 * pad - S)", "(size + pad - S)", "conv_param"),
    ("13_conv_net", "reversed(self.layers.values())", "self.layers.values()", "affine_layers"),
    ("13_conv_net", "return dout.reshape(self.shape)",
     "return dout.reshape(self.shape).transpose(0, 1, 3, 2)", "filters"),
    ("13_conv_net", "        optimizer.update(", "        Adam(lr=learning_rate).update(", "Adam"),
    ("13_conv_net", "t_train[batch]", "t_train[: len(batch)]", "own_labels"),
    ("08_optimizers", "self.v[key] - self.lr * grads[key]", "self.v[key] + self.lr * grads[key]",
     "left_of_the_velocity"),
    ("08_optimizers", "self.h[key] += grads[key] ** 2", "self.h[key] = grads[key] ** 2",
     "sum_of_squares"),
    ("08_optimizers", "(np.sqrt(self.h[key]) + 1e-7)", "np.sqrt(self.h[key])", "begins"),
    ("08_optimizers", "m_hat = self.m[key] / (1 - self.beta1**self.t)", "m_hat = self.m[key]",
     "Adam_begins"),
    ("08_optimizers", "        self.t += 1\n", "        self.t = 1\n", "gradient_stays"),
    ("08_optimizers", "params[key] += self.v[key]", "params[key] = params[key] + self.v[key]",
     "in_place"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judge():
    with pytest.MonkeyPatch.context() as patch:
        # `grader check` proves that mistakes are named; here it would only take time.
        patch.setattr("grader.judging.known_runs.read_mistakes", lambda exercise: ())
        yield Judge(COURSE)


def run_both(judge, sources, exercise):
    """What the judge and a learner's own process find."""
    with Judged(sources) as worker:
        judged = judge.judge_exercise(exercise, worker, cheap_only=True)
    with importable(sources):
        return judged, judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)


def outcomes(verdict):
    return {spec.name: spec.outcome for spec in verdict.specs}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of their arithmetic
@pytest.mark.parametrize(("name", "right", "wrong", "spec"), WRONG)
def test_a_wrong_solution_is_caught_alike_in_process_and_judged(judge, name, right, wrong, spec):
    """The spec that is meant to notice a wrong solution does, and tells why."""
    exercise = COURSE.named(name)
    source = read_module(exercise.solution)
    assert source.text.count(right) == 1
    sources = read_modules(ROOT / "solutions", COURSE)
    sources[exercise.module] = replace(source, text=source.text.replace(right, wrong))
    judged, in_process = run_both(judge, sources, exercise)
    assert outcomes(judged) == outcomes(in_process)
    failed = {s.name: s for s in judged.specs if s.outcome is Outcome.FAILED}
    assert any(spec in name for name in failed), sorted(failed)
    assert all(s.message for s in failed.values())
    assert Outcome.GRADER_ERROR not in outcomes(judged).values()


@pytest.mark.thorough
def test_code_written_exactly_as_in_the_textbook_passes_all_of_core(judge):
    """A learner who follows the book's own code passes core, real digits included."""
    (entry,) = collect(ROOT / "tests" / "textbook", COURSE).entries
    verdict = judge.judge(entry.read())
    core = [spec for exercise in verdict.exercises for spec in exercise.of(Tier.CORE)]
    assert {spec.name: spec.message for spec in core if not spec.passed} == {}
    assert verdict.points == verdict.max_points


@pytest.mark.thorough
@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")
def test_the_textbook_passes_core_whatever_secret_the_inputs_are_drawn_from(judge, monkeypatch):
    """Its log(y + 1e-7) as well: no spec asks for more than that can give."""
    (entry,) = collect(ROOT / "tests" / "textbook", COURSE).entries
    sources = entry.read().sources
    failed = set()
    with importable(sources):
        for seed in range(10):
            monkeypatch.setattr(judge, "secret", f"seed {seed}")
            for exercise in COURSE.exercises:
                verdict = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)
                failed |= {spec.name for spec in verdict.of(Tier.CORE) if not spec.passed}
    assert failed == set()


@pytest.mark.filterwarnings("ignore:overflow encountered in exp:RuntimeWarning")
def test_the_textbook_gets_the_same_outcomes_in_process(judge):
    """What the textbook leaves undone is stretch, whichever way it is judged."""
    (entry,) = collect(ROOT / "tests" / "textbook", COURSE).entries
    failed = set()
    for exercise in COURSE.exercises:
        judged, in_process = run_both(judge, entry.read().sources, exercise)
        assert outcomes(judged) == outcomes(in_process)
        failed |= {name for name, one in outcomes(judged).items() if one is Outcome.FAILED}
    assert "test_Relu_backward_leaves_dout_alone" in failed
    assert "test_SoftmaxWithLoss_backward_honours_dout" in failed


def test_every_exercise_has_seven_to_fifteen_specs_with_a_promise_that_fits_a_terminal(judge):
    """A promise is one sentence on one line, and names what it is about in the spec's name."""
    sources = read_modules(ROOT / "solutions", COURSE)
    for each in COURSE.exercises:
        exercise, _ = run_both(judge, sources, each)
        assert 7 <= len(exercise.specs) <= 15, exercise.name
        promises = [spec.promise for spec in exercise.specs]
        assert len(set(promises)) == len(promises)
        for promise in promises:
            assert len(promise) <= LONGEST_PROMISE, promise
            assert promise.endswith(".")
