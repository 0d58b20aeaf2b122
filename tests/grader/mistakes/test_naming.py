"""What learners wrote, and which mistake is named for it: the one that is in their code.

Where no other source is given, a case is one of issue 16 of this project: code of learners who
worked through the same chapter, in public repositories, reduced to the line that matters.
"""

import sys
import warnings
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.worker.source import Source

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)
sys.path.append(str(ROOT / "tests" / "benchmarks"))  # at the end: nothing there hides a module

from made_submissions import (  # noqa: E402
    Made,
    made_of_catalogue,
    made_of_pairs,
    made_of_rewritten,
)
from naming import judge_made, measure, undone  # noqa: E402


@pytest.fixture(scope="module")
def judge():
    return Judge(COURSE, secret="a secret")


@pytest.fixture(scope="module")
def named(judge):
    """Return the mistakes that are named for a solution with a change, by broken promise."""

    def named(exercise, *changes, text=""):
        exercise = COURSE.named(exercise)
        reference = judge.known_runs.reference[exercise.module]
        text = text or reference.text
        for before, after in changes:
            assert text.count(before) == 1
            text = text.replace(before, after)
        made = Made(exercise, frozenset(), Source(reference.filename, text))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            verdict = judge_made(judge, made)
        return {spec.name: spec.mistake for spec in verdict.specs if not spec.passed}

    return named


KEEP = "        self.x = x\n        self.y = y\n        return x * y"
MASK = "self.mask = x <= 0\n"
DX_OF_RELU = "        dx = dout * ~self.mask\n        return dx"
SLOPE = "dx = dout * self.out * (1 - self.out)"
SLOPES = "(above - below) / (2 * h)"
DW, DB = "self.dW = np.dot(self.x.T, dout)", "self.db = np.sum(dout, axis=0)"
W1 = "weight_init_std * normal((input_size, hidden_size))"
W2 = "weight_init_std * normal((hidden_size, output_size))"
LOSS = "return self.last_layer.forward(scores, t)"
STEP = "param -= learning_rate * grads[key]"
BATCH = "batch = rng.integers(len(x_train), size=batch_size)"
OWN = "rng = np.random.default_rng(42)\n        batch = rng.choice(len(x_train), batch_size)"
SEEDED = "np.random.seed(42)\n        batch = np.random.choice(len(x_train), batch_size)"


@pytest.mark.parametrize(
    ("exercise", "name", "changes"),
    [
        (
            "simple_layers",
            "mul_product_kept_as_x",
            [(KEEP, KEEP.replace("self.x = x", "out = x * y\n        self.x = out"))],
        ),
        (
            "simple_layers",
            "mul_product_kept_as_x",
            [("        self.x = x\n", "        self.x = x * y\n")],
        ),
        ("simple_layers", "mul_dy_made_of_dx", [("dy = dout * self.x", "dy = self.x * dx")]),
        ("simple_layers", "add_list_returned", [("return x + y", "return [x] + [y]")]),
        (
            "activations",
            "relu_backward_passes_at_zero",
            [
                (MASK, f"self.x = x\n        {MASK}"),
                (DX_OF_RELU, "        return dout * (self.x >= 0)"),
            ],
        ),
        ("activations", "relu_zero_not_in_mask", [(MASK, MASK.replace("<=", "<"))]),
        ("activations", "relu_backward_returns_mask", [(DX_OF_RELU, "        return self.mask")]),
        ("activations", "relu_absolute", [("np.maximum(x, 0)", "abs(x)")]),
        (
            "activations",
            "sigmoid_slope_added",
            [(SLOPE, "dx = dout + (1.0 - self.out) * self.out")],
        ),
        (
            "activations",
            "sigmoid_slope_of_output",
            [(SLOPE, "s = 1 / (1 + np.exp(-self.out))\n        dx = dout * s * (1 - s)")],
        ),
        (
            "affine",
            "affine_dW_of_output",
            [
                (
                    "return np.dot(x, self.W)",
                    "self.out = np.dot(x, self.W) + self.b\n        return np.dot(x, self.W)",
                ),
                (DW, "self.dW = self.out.T @ dout"),
            ],
        ),
        (
            "affine",
            "affine_db_of_last_sample",
            [(DB, "for row in dout:\n            self.db = row")],
        ),
        (
            "affine",
            "affine_own_step_of_both_by_a_hundredth",
            [(DB, f"{DB}\n        self.W -= 0.01 * self.dW\n        self.b -= 0.01 * self.db")],
        ),
        (
            "softmax_with_loss",
            "loss_layer_gradient_doubled",
            [("dx = dout * (self.y - self.t) / N", "dx = 2 * (self.y - self.t) / N")],
        ),
        (
            "softmax_with_loss",
            "cross_entropy_of_softmax",
            [
                (
                    "    t = _as_one_hot(t, y)\n    N",
                    "    y = softmax(y)\n    t = _as_one_hot(t, y)\n    N",
                )
            ],
        ),
        (
            "numerical_gradient",
            "numerical_h_vanishes",
            [("    h = 1e-4\n    g", "    h = 1e-20\n    g")],
        ),
        (
            "numerical_gradient",
            "numerical_nudges_a_copy",
            [("    h = 1e-4\n    g", "    h = 1e-4\n    x = np.copy(x)\n    g")],
        ),
        (
            "two_layer_net",
            "net_gradient_b2_from_first_layer",
            [('"b2": second.db', '"b2": first.db')],
        ),
        (
            "two_layer_net",
            "net_weights_of_he_twice",
            [
                (W1, f"np.sqrt(2 / input_size) * {W1[18:]}"),
                (W2, f"np.sqrt(2 / input_size) * {W2[18:]}"),
            ],
        ),
        (
            "two_layer_net",
            "net_weights_uniform_around_zero",
            [
                (W1, "weight_init_std * (np.random.rand(input_size, hidden_size) - 0.5)"),
                (W2, "weight_init_std * (np.random.rand(hidden_size, output_size) - 0.5)"),
            ],
        ),
        (
            "two_layer_net",
            "net_weights_uniform",
            [
                (W1, "np.random.rand(input_size, hidden_size) * weight_init_std"),
                (W2, "np.random.rand(hidden_size, output_size) * weight_init_std"),
            ],
        ),
        (
            "two_layer_net",
            "net_loss_with_weight_decay_of_a_hundredth",
            [(LOSS, f"{LOSS} + 0.005 * sum(np.sum(self.params[k] ** 2) for k in ('W1', 'W2'))")],
        ),
        (
            "mnist",
            "train_step_stored_in_grads",
            [(STEP, "grads[key] = network.params[key] - learning_rate * grads[key]")],
        ),
        (
            "mnist",
            "train_new_array_under_a_local_name",
            [(STEP, "param = param - grads[key] * learning_rate")],
        ),
        (
            "mnist",
            "train_seeds_each_step",
            [(BATCH, SEEDED)],
        ),
        (
            "mnist",
            "train_generator_made_anew",
            [(BATCH, OWN)],
        ),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_the_mistake_that_is_there_is_named_and_no_other(named, exercise, name, changes):
    """Wherever it shows, though another mistake may behave the same."""
    assert set(named(exercise, *changes).values()) == {name}


LEAKY = """
import numpy as np


class Relu:
    def forward(self, x):
        self.mask = (x <= 0)
        return np.where(x > 0, x, 0.01 * x)

    def backward(self, dout):
        return np.where(self.mask, 0.01 * dout, dout)

"""


def test_a_leaky_relu_is_named_in_both_directions(named, judge):
    """Forward and backward are two mistakes, each where it shows."""
    reference = judge.known_runs.reference["activations"].text
    found = named("activations", text=LEAKY + reference[reference.index("class Sigmoid") :])
    assert set(found.values()) == {"relu_leaky", "relu_backward_leaky"}
    backward = "test_Relu_backward_lets_dout_through_where_the_input_was_positive"
    assert found[backward] == "relu_backward_leaky"


ROW_BY_ROW = """
import numpy as np

def one(f, x):
    h, g = 1e-4, np.zeros_like(x)
    for i in range(x.size):
        old = x[i]
        x[i] = old + h
        a = f(x)
        x[i] = old - h
        b = f(x)
        g[i] = (a - b) / (2 * h)
        x[i] = old
    return g

def numerical_gradient(f, x):
    if x.ndim == 1:
        return one(f, x)
    g = np.zeros_like(x)
    for i, row in enumerate(x):
        g[i] = one(f, row)
    return g
"""
NEVER_ADVANCES = """
import numpy as np

def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        idx = it.multi_index
        tmp_val = x[idx]
        x[idx] = tmp_val + h
        fxh1 = f(x)
        x[idx] = tmp_val - h
        fxh2 = f(x)
        grad[idx] = (fxh1 - fxh2) / (2 * h)
        x[idx] = tmp_val
    return grad
"""
FLAT_STEP = """
import numpy as np

def numerical_gradient(f, x):
    h = 1e-4
    g = np.zeros_like(x)
    for i in range(x.size):
        e = np.zeros(x.size)
        e[i] = 1
        g.flat[i] = (f(x + h * e) - f(x - h * e)) / (2 * h)
    return g
"""
SWAPPED = ROW_BY_ROW.replace("numerical_gradient(f, x)", "numerical_gradient(x, f)")
EPOCHS = """
def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses = []
    for epoch in range(iterations):
        for start in range(0, len(x_train), batch_size):
            rows = rng.choice(len(x_train), batch_size)
            grads = network.gradient(x_train[rows], t_train[rows])
            for key in grads:
                network.params[key] -= learning_rate * grads[key]
            losses.append(network.loss(x_train[rows], t_train[rows]))
    return losses
"""
MOMENTUM = """
def train(network, x_train, t_train, *, iterations, batch_size=100, learning_rate=0.1, rng):
    losses, v = [], {}
    for key, val in network.params.items():
        v[key] = 0 * val
    for _ in range(iterations):
        rows = rng.integers(len(x_train), size=batch_size)
        x, t = x_train[rows], t_train[rows]
        losses.append(network.loss(x, t))
        grads = network.gradient(x, t)
        for key in network.params:
            v[key] = 0.9 * v[key] - learning_rate * grads[key]
            network.params[key] += v[key]
    return losses
"""


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("exercise", "text", "name"),
    [
        ("numerical_gradient", ROW_BY_ROW, "numerical_row_by_row"),
        ("numerical_gradient", NEVER_ADVANCES, "numerical_never_advances"),
        ("numerical_gradient", FLAT_STEP, "numerical_flat_step"),
        ("numerical_gradient", SWAPPED, "numerical_arguments_swapped"),
        ("mnist", EPOCHS, "train_epochs_for_iterations"),
        ("mnist", MOMENTUM, "train_momentum"),
    ],
    ids=lambda text: text if text.isidentifier() else "",
)
def test_what_is_written_in_a_way_of_its_own_is_named(named, exercise, text, name):
    """Behaviour decides; the code need not look like the reference."""
    assert set(named(exercise, text=text).values()) == {name}


@pytest.mark.parametrize(
    ("exercise", "changes"),
    [
        ("affine", [(DB, "self.db = np.sum(dout)"), (DW, f"{DW} * 3.7")]),
        ("numerical_gradient", [(SLOPES, "(above - below) / (2.02 * h)")]),
        ("activations", [(SLOPE, "dx = dout * self.out * (1 - self.out) ** 2")]),
    ],
    ids=["one of two is unknown", "a factor", "a square"],
)
def test_what_no_mistake_explains_has_no_name(named, exercise, changes):
    """A mistake that explains a part of what broke may be a guess: the values are shown."""
    assert set(named(exercise, *changes).values()) == {None}


def test_a_function_that_only_docstrings_name_is_not_used(named):
    """A layer of loops beside a wrong im2col, which the docstrings of the stub name five times.

    Seen: no name for it, since in the reference the layer breaks together with im2col.
    """
    loops = """np.array(
            [
                np.pad(x, ((0, 0), (0, 0), (self.pad, self.pad), (self.pad, self.pad)))[
                    n, :, i : i + FH, j : j + FW
                ].ravel()
                for n in range(N)
                for i in range(0, H + 2 * self.pad - FH + 1, self.stride)
                for j in range(0, W + 2 * self.pad - FW + 1, self.stride)
            ]
        )"""
    wrong = [
        ("im2col(x, FH, FW, self.stride, self.pad)", loops),
        ("windows.transpose(1, 4, 5, 0, 2, 3)", "windows.transpose(1, 5, 4, 0, 2, 3)"),
    ]
    assert set(named("convolution", *wrong).values()) == {"im2col_window_read_by_columns"}


def test_what_follows_from_a_wrong_function_is_not_taken_for_another_mistake(named):
    """he_scale computed from a wrong xavier_scale, as an alternative of 09 does it.

    Seen: "the factor 2 is outside the root" for he_scale, which is right.
    """
    changes = [
        ("return np.sqrt(1 / n)", "return np.sqrt(2.0 / n)"),
        ("return np.sqrt(2 / n)", "return np.sqrt(2) * xavier_scale(n)"),
    ]
    assert named("batch_normalization", *changes) == {
        "test_xavier_scale_is_the_square_root_of_1_over_n": "xavier_is_he",
        "test_he_scale_is_the_square_root_of_2_over_n": None,
    }


def test_a_wrong_function_is_named_whatever_the_rest_of_the_code_makes_of_it(named):
    """im2col without padding, below a Convolution that is not like the reference.

    Seen: no name, since Convolution raised another exception than the reference.
    """
    text = (ROOT / "tests/alternatives/11_convolution/as_strided.py").read_text("utf-8")
    padded = "padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))"
    found = named("convolution", (padded, "padded = x"), text=text)
    assert set(found.values()) == {"im2col_pad_ignored"}


# A sample of tests/benchmarks/naming.py, which has the figures for all


def sample(judge, kind):
    """Every so many of the submissions of a kind, of the exercises that are judged fast."""
    exercises = [one for one in COURSE.exercises if one.module != "mnist"]
    match kind:
        case "catalogue":
            return islice(made_of_catalogue(exercises), 0, None, 31)
        case "pairs":
            return made_of_pairs(exercises[:4], 16, np.random.default_rng(5))
    rewritten = made_of_rewritten(exercises[:3], lambda made: undone(judge, made))
    return islice(rewritten, 0, None, 31)


@pytest.mark.parametrize(
    "kind",
    ["catalogue", "pairs", pytest.param("rewritten", marks=pytest.mark.thorough)],
)
def test_no_name_is_false_and_most_mistakes_have_one(judge, kind):
    """Of the catalogue, of two functions at once, and in code of another style."""
    count = measure(judge, sample(judge, kind))
    assert count.all >= 16
    assert count.false == []
    assert count.named >= 0.9 * count.all
