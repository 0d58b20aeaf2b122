"""The spec of 04: softmax, the cross-entropy error, and both as one layer.

The textbook's lower limit in the logarithm, log(y + 1e-7), is correct too: the tolerances allow
it.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

N, C = 5, 4
FLOOR = {"rtol": 1e-5, "atol": 1e-6}
EXACT = {"rtol": 1e-11, "atol": 1e-13}  # y - t is, differences of the loss are not


def probabilities(x):
    """Softmax of each row, in extended precision, from the logarithm of the sum."""
    x = x.astype(np.longdouble)
    top = x.max(axis=-1, keepdims=True)
    log_sum = top + np.log(np.exp(x - top).sum(axis=-1, keepdims=True))
    return np.exp(x - log_sum).astype(float)


def draw(rng, n=N, c=C):
    """Small scores, labels that include every class, and the same labels one-hot.

    The right class of the first sample has a probability of 0.002 to 0.006.
    """
    labels = rng.permutation(np.arange(n) % c)
    x, t = rng.normal(size=(n, c)), np.eye(c)[labels]
    x[0] = np.where(t[0], -4, rng.uniform(size=c))
    return x, labels, t


def mean_loss(x, labels):
    """Cross-entropy of softmax(x), averaged over the rows."""
    return float(np.mean(-np.log(probabilities(x)[np.arange(len(x)), labels])))


def draw_rotated(rng, scores):
    """A batch whose rows are the same scores in another order, and so are its columns.

    Here a softmax along the wrong axis is right: what it spoils are other promises.
    """
    row = rng.permutation(np.array(scores) + rng.uniform(size=C))
    return np.stack([np.roll(row, k) for k in range(C)]), np.eye(C)[rng.permutation(C)]


def draw_unlikely(rng):
    """Like `draw`, with a probability of about 1e-306 for all but two classes of each sample.

    Such a number is like any other for a formula. But it is lost in a difference of two losses, and
    vanishes where it is multiplied by a tiny step.
    """
    x, _, t = draw(rng)
    likely = (t + np.roll(t, 1, axis=1)).astype(bool)
    x = np.where(likely, x, x - 704)
    return x - x.max(axis=1, keepdims=True), t  # no row depends on another's maximum


def assert_formula(layer, x, t):
    """Check a gradient of which a difference of two losses, or a tiny step, says nothing."""
    __tracebackhide__ = True
    layer.forward(x, t)
    what = phrase("backward(), where classes are unlikely")
    assert_matches(layer.backward(), (probabilities(x) - t) / len(x), what, rtol=1e-11, atol=0)


def assert_no_difference(student, rng):
    """Check that backward is a formula, where a softmax along the wrong axis is right."""
    __tracebackhide__ = True
    x, t = draw_rotated(rng, [0, 0, -704, -704])
    assert_formula(student.SoftmaxWithLoss(), x - x.max(), t)


@pytest.mark.core
def test_softmax_turns_each_row_into_probabilities(student, rng):
    """softmax divides exp(x) by the sum of its row."""
    x = rng.normal(0, 2, size=(N, C))
    assert_matches(student.softmax(x), probabilities(x), "softmax(x)")


@pytest.mark.core
def test_softmax_takes_a_single_sample(student, rng):
    """softmax takes a single sample of shape (C,): [0, ln 3] gives [0.25, 0.75]."""
    y = student.softmax(np.array([0.0, np.log(3)]))
    assert_matches(y, np.array([0.25, 0.75]), "softmax([0, ln 3])")
    x = rng.normal(size=C)
    assert_matches(student.softmax(x), probabilities(x), "softmax(x)")


@pytest.mark.core
def test_softmax_survives_large_scores(student, rng):
    """softmax neither overflows nor lets a row with large scores spoil the others."""
    x = rng.normal(size=(N, C)) + np.array([[1000.0], [-1000.0], [0.0], [5e4], [-3.0]])
    assert_matches(student.softmax(x), probabilities(x), "softmax(x)", rtol=1e-6)


@pytest.mark.core(points=3)
def test_cross_entropy_error_averages_over_the_samples(student, rng):
    """cross_entropy_error is the mean of -log(probability of the right class)."""
    x, labels, t = draw(rng)
    error = student.cross_entropy_error(probabilities(x), t)
    assert_matches(error, mean_loss(x, labels), "cross_entropy_error(y, t)", **FLOOR)


@pytest.mark.core
def test_cross_entropy_error_is_finite_for_a_probability_of_zero(student, rng):
    """cross_entropy_error stays finite for a probability of 0."""
    half = student.cross_entropy_error(np.array([[0.5, 0.5]]), np.array([[1.0, 0.0]]))
    assert_matches(half, np.log(2), "cross_entropy_error([[0.5, 0.5]], [[1, 0]])", **FLOOR)
    x, labels, t = draw(rng)
    error = student.cross_entropy_error(probabilities(x), t)
    assert_matches(error, mean_loss(x, labels), "cross_entropy_error(y, t)", **FLOOR)
    error = student.cross_entropy_error(np.array([[1.0, 0.0]]), np.array([[0.0, 1.0]]))
    call = "cross_entropy_error([[1, 0]], [[0, 1]])"
    if isinstance(error, float) and not 10 <= error <= 1000:
        raise Mismatch(call, error, ..., "any number from 10 to 1000 will do")
    assert_matches(error, error, call)


@pytest.mark.core
def test_SoftmaxWithLoss_forward_returns_the_mean_loss(student, rng):
    """SoftmaxWithLoss.forward returns the mean cross-entropy of softmax(x)."""
    x, labels, t = draw(rng)
    loss = student.SoftmaxWithLoss().forward(x, t)
    assert_matches(loss, mean_loss(x, labels), "forward(x, t)", **FLOOR)


@pytest.mark.core
def test_SoftmaxWithLoss_of_ten_equal_scores_is_ln_10(student, rng):
    """Ten equal scores cost ln 10 = 2.302585, whatever the right class is."""
    _, _, t = draw(rng, 10, 10)
    x = np.full((1, 10), rng.normal())
    for right in t[:2]:
        loss = student.SoftmaxWithLoss().forward(x, right[None])
        assert_matches(loss, np.log(10), "forward(x, t)", **FLOOR)
    x, labels, t = draw(rng, 1)
    loss = student.SoftmaxWithLoss().forward(x, t)
    assert_matches(loss, mean_loss(x, labels), "forward(x, t)", **FLOOR)


@pytest.mark.core
def test_SoftmaxWithLoss_backward_is_y_minus_t_over_N(student, rng):
    """SoftmaxWithLoss.backward returns (y - t) / N for a batch of N."""
    layer = student.SoftmaxWithLoss()
    x, _, t = draw(rng)
    x += 100  # changes no probability, but costs a difference of two losses two digits
    layer.forward(x, t)
    assert_matches(layer.backward(), (probabilities(x) - t) / N, "backward()", **EXACT)
    x, t = draw_unlikely(rng)
    assert_formula(layer, x, t)


@pytest.mark.core
def test_SoftmaxWithLoss_backward_survives_large_scores(student, rng):
    """The gradient is right for large scores too, where probabilities are 0 or 1."""
    layer = student.SoftmaxWithLoss()
    for middle in (3000, -3000):
        x, t = draw_rotated(rng, [middle, middle, middle - 300, middle - 900])
        layer.forward(x, t)
        assert_matches(layer.backward(), (probabilities(x) - t) / C, "backward()", rtol=1e-6)
    assert_no_difference(student, rng)


@pytest.mark.core
def test_SoftmaxWithLoss_keeps_its_state_to_itself(student, rng):
    """SoftmaxWithLoss does not mix up two layers or two batches."""
    first, second = student.SoftmaxWithLoss(), student.SoftmaxWithLoss()
    for _ in range(2):
        x, t = draw_rotated(rng, [100, 100, 101, 102])
        other_x, other_t = draw_rotated(rng, [100, 101, 101, 103])
        first.forward(x, t)
        second.forward(other_x, other_t)
        expected = (probabilities(x) - t) / C
        assert_matches(first.backward(), expected, "backward() of the first", **EXACT)
        expected = (probabilities(other_x) - other_t) / C
        assert_matches(second.backward(), expected, "backward() of the second", **EXACT)
    assert_no_difference(student, rng)


@pytest.mark.stretch
def test_SoftmaxWithLoss_backward_honours_dout(student, rng):
    """SoftmaxWithLoss.backward multiplies by the dout that it is given."""
    x, _, t = draw(rng)
    dout = rng.uniform(2, 5)
    layer = student.SoftmaxWithLoss()
    layer.forward(x, t)
    assert_matches(layer.backward(dout), dout * (probabilities(x) - t) / N, "backward(dout)")


@pytest.mark.stretch
def test_SoftmaxWithLoss_takes_label_indices(student, rng):
    """Label indices are taken as well as one-hot targets, by the function too."""
    x, labels, t = draw(rng)
    error = student.cross_entropy_error(probabilities(x), labels)
    assert_matches(error, mean_loss(x, labels), "cross_entropy_error(y, labels)", **FLOOR)
    layer = student.SoftmaxWithLoss()
    assert_matches(layer.forward(x, labels), mean_loss(x, labels), "forward(x, labels)", **FLOOR)
    for _ in range(2):  # a second backward must return the same
        assert_matches(layer.backward(), (probabilities(x) - t) / N, "backward()")


@pytest.mark.stretch
def test_SoftmaxWithLoss_takes_a_single_sample(student, rng):
    """A single sample of shape (C,) is a batch of one, for the function too."""
    x, labels, t = draw(rng)
    error = student.cross_entropy_error(probabilities(x)[0], t[0])
    assert_matches(error, mean_loss(x[:1], labels[:1]), "cross_entropy_error(y[0], t[0])", **FLOOR)
    layer = student.SoftmaxWithLoss()
    loss = layer.forward(x[0], t[0])
    assert_matches(loss, mean_loss(x[:1], labels[:1]), "forward(x[0], t[0])", **FLOOR)
    assert_matches(layer.backward(), probabilities(x[0]) - t[0], "backward()")


@pytest.mark.stretch
def test_SoftmaxWithLoss_stores_y_t_and_loss(student, rng):
    """After SoftmaxWithLoss.forward, y, t and loss are set as the stub says."""
    x, labels, t = draw(rng)
    layer = student.SoftmaxWithLoss()
    layer.forward(x, t)
    assert_matches(layer.y, probabilities(x), "y")
    assert_matches(layer.t, t, "t")
    assert_matches(layer.loss, mean_loss(x, labels), "loss", **FLOOR)


@pytest.mark.stretch
def test_softmax_and_the_loss_leave_what_they_are_given_alone(student, rng):
    """Neither the two functions nor SoftmaxWithLoss write into x, y or t."""
    values, labels, targets = draw(rng)
    x, y, t = (student.array(value) for value in (values, probabilities(values), targets))
    assert_matches(student.softmax(x), probabilities(values), "softmax(x)")
    assert_matches(x, values, "x, after softmax(x)")
    loss = mean_loss(values, labels)
    assert_matches(student.cross_entropy_error(y, t), loss, "cross_entropy_error(y, t)", **FLOOR)
    assert_matches(y, probabilities(values), "y, after cross_entropy_error(y, t)")
    layer = student.SoftmaxWithLoss()
    layer.forward(x, t)
    assert_matches(layer.backward(), (probabilities(values) - targets) / N, "backward()")
    assert_matches(x, values, "x, after backward()")
    assert_matches(t, targets, "t, after backward()")
