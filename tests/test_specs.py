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
    ("02_activations", "out = x.copy()", "out = x", "leaves_its_input"),
    ("02_activations", "dx = dout.copy()", "dx = dout", "leaves_dout_alone"),
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
    ("12_pooling", "free & (place == out)", "place == out", "ties"),
