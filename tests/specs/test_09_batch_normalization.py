"""The spec of 09: the scale of initial weights, and batch normalization.

Spreads are large here: beside them, every usual epsilon vanishes.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import assert_matches

N, D = 6, 4


def draw(rng, n=N, d=D):
    """A batch, gamma, beta and an upstream gradient; no two columns are alike."""
    spread, mean = rng.uniform(50, 200, size=d), rng.uniform(-500, 500, size=d)
    x = standardised(rng.normal(size=(n, d))) * spread + mean
    return x, rng.uniform(1, 3, size=d), rng.normal(size=d), rng.normal(size=(n, d))


def draw_statistics(rng, d=D):
    """A running mean and variance."""
    return rng.uniform(-500, 500, size=d), rng.uniform(50, 200, size=d) ** 2


def standardised(x):
    """Each column scaled to length sqrt(n), at a right angle to ones: mean 0, variance 1."""
    n = len(x)
    centred = (np.eye(n) - 1 / n) @ x
    return centred * np.sqrt(n) / np.linalg.norm(centred, axis=0)


def statistics(x):
    """The mean and the variance of each column, the latter from all pairs of samples."""
    pairs = x[:, None] - x
    return np.einsum("nd->d", x) / len(x), np.einsum("nmd->d", pairs**2) / (2 * len(x) ** 2)


def normalised(x, mean, var, gamma, beta):
    """What test mode returns."""
    return gamma * (x - mean) / np.sqrt(var) + beta


def dx_of(x, gamma, dout):
    """The gradient of x: dout without what it has in two directions.

    In these nothing changes: a shift of the column, and a scale of its deviations.
    """
    _, var = statistics(x)
    xn = standardised(x)
    rest = dout - np.einsum("nd->d", dout) / len(x) - xn * np.einsum("nd,nd->d", xn, dout) / len(x)
    return gamma / np.sqrt(var) * rest


@pytest.mark.core
def test_xavier_scale_is_the_square_root_of_1_over_n(student, rng):
    """xavier_scale(n) is sqrt(1 / n)."""
    for n in [100, *rng.integers(2, 1000, size=3).tolist()]:
        assert_matches(student.xavier_scale(n), n**-0.5, "xavier_scale(n)")


@pytest.mark.core
def test_he_scale_is_the_square_root_of_2_over_n(student, rng):
    """he_scale(n) is sqrt(2 / n)."""
    for n in [50, *rng.integers(3, 1000, size=3).tolist()]:
        assert_matches(student.he_scale(n), (n / 2) ** -0.5, "he_scale(n)")


@pytest.mark.core(points=2)
def test_BatchNormalization_forward_normalises_each_column(student, rng):
    """In training, BatchNormalization.forward gives columns mean beta, std gamma."""
    x, gamma, beta, _ = draw(rng)
    expected = gamma * standardised(x) + beta
    layer = student.BatchNormalization(gamma, beta)
    assert_matches(layer.forward(x), expected, "forward(x)")
    scale, shift = rng.uniform(2, 5, size=D), rng.uniform(-500, 500, size=D)
    what = "forward of x, scaled and shifted, which changes nothing"
    assert_matches(layer.forward(scale * x + shift), expected, what)


@pytest.mark.core
def test_BatchNormalization_works_through_the_example(student, rng):
    """The example of the docstring gives 7, 7, 13, 13, and gradients as it says."""
    x = np.array([[100.0], [100.0], [300.0], [300.0]])
    layer = student.BatchNormalization(np.array([3.0]), np.array([10.0]))
    assert_matches(layer.forward(x), np.array([[7.0], [7.0], [13.0], [13.0]]), "forward(x)")
    dx = layer.backward(np.array([[1.0], [0.0], [0.0], [0.0]]))
    assert_matches(dx, np.array([[0.015], [-0.015], [0.0], [0.0]]), "dx")
    assert_matches(layer.dgamma, np.array([-1.0]), "dgamma after backward")
    assert_matches(layer.dbeta, np.array([1.0]), "dbeta after backward")
    x, gamma, beta, dout = draw(rng, 4, 1)
    layer = student.BatchNormalization(gamma, np.full_like(beta, np.inf))
    layer.forward(x)
    assert_matches(layer.backward(dout), dx_of(x, gamma, dout), "dx")


@pytest.mark.core
def test_BatchNormalization_gives_beta_for_a_batch_of_one(student, rng):
    """In training, a batch of one gives beta, whatever x is; dx is 0, dbeta dout."""
    _, gamma, beta, dout = draw(rng)
    x, dout = rng.uniform(100, 200, size=(1, D)), dout[:1]
    layer = student.BatchNormalization(gamma, beta)
    assert_matches(layer.forward(x), beta[None], "forward(x) of a single sample")
    assert_matches(layer.backward(dout), np.zeros((1, D)), "dx of a single sample")
    assert_matches(layer.dbeta, dout[0], "dbeta after backward")


@pytest.mark.core(points=3)
def test_BatchNormalization_dx_includes_mean_and_variance(student, rng):
    """BatchNormalization.backward returns dx; mean and variance depend on x, too."""
    x, gamma, beta, dout = draw(rng)
    layer = student.BatchNormalization(gamma, beta)
    layer.forward(x)
    assert_matches(layer.backward(dout), dx_of(x, gamma, dout), "dx")
    # A difference of infinite outputs says nothing, and a tiny gamma vanishes where it is
    # multiplied by a tiny step.
    gamma = 1e-305 * gamma
    layer = student.BatchNormalization(gamma, np.full_like(beta, np.inf))
    layer.forward(x)
    what = "dx, where beta is infinite and gamma is tiny"
    assert_matches(layer.backward(dout), dx_of(x, gamma, dout), what, atol=1e-316)


@pytest.mark.core
def test_BatchNormalization_dgamma_sums_dout_times_xn(student, rng):
    """dgamma sums dout times the normalised x over the samples, shaped like gamma."""
    for infinite in [False, True]:  # where beta is infinite, a difference of outputs says nothing
        x, gamma, beta, dout = draw(rng)
        layer = student.BatchNormalization(gamma, np.full_like(beta, np.inf) if infinite else beta)
        layer.forward(x)
        layer.backward(dout)
        expected = np.einsum("nd,nd->d", dout, standardised(x))
        assert_matches(layer.dgamma, expected, "dgamma after backward")


@pytest.mark.core
def test_BatchNormalization_dbeta_sums_dout(student, rng):
    """dbeta sums dout over the samples, shaped like beta."""
    for n in [N, D]:
        x, gamma, beta, dout = draw(rng, n)
        layer = student.BatchNormalization(gamma, np.full_like(beta, np.inf))
        layer.forward(x)
        layer.backward(dout)
        assert_matches(layer.dbeta, np.einsum("nd->d", dout), "dbeta after backward")


@pytest.mark.core(points=2)
def test_BatchNormalization_training_moves_statistics(student, rng):
    """Each training batch moves the running mean and variance by 1 - momentum."""
    (mean, var), momentum = draw_statistics(rng), rng.uniform(0.6, 0.8)
    _, gamma, beta, _ = draw(rng)
    layers = {
        momentum: student.BatchNormalization(gamma, beta, momentum, mean, var),
        0.9: student.BatchNormalization(gamma, beta, running_mean=mean, running_var=var),
    }
    for momentum, layer in layers.items():
        running = mean, var
        for n in [N, N + 1, 3]:
            x, *_ = draw(rng, n)
            layer.forward(x)
            of_batch = statistics(x)
            running = [
                kept * momentum + new * (1 - momentum)
                for kept, new in zip(running, of_batch, strict=True)
            ]
        x, *_ = draw(rng)
        what = "forward in test mode, after three batches of training"
        assert_matches(layer.forward(x, False), normalised(x, *running, gamma, beta), what)


@pytest.mark.core(points=2)
def test_BatchNormalization_test_mode_keeps_statistics(student, rng):
    """Test mode normalises by the running mean and variance, and keeps them as is."""
    mean, var = draw_statistics(rng)
    x, gamma, beta, _ = draw(rng)
    layer = student.BatchNormalization(gamma, beta, running_mean=mean, running_var=var)
    for batch in [x, x[:1], x[2:] + 100]:
        expected = normalised(batch, mean, var, gamma, beta)
        assert_matches(layer.forward(batch, False), expected, "forward(x) in test mode")


@pytest.mark.core
def test_BatchNormalization_starts_statistics_at_zero(student, rng):
    """The running mean and variance start at 0; before training, 0 gives beta."""
    x, gamma, beta, _ = draw(rng)
    layer = student.BatchNormalization(gamma, beta)
    untrained = layer.forward(np.zeros((2, D)), False)
    assert_matches(untrained, np.tile(beta, (2, 1)), "forward of zeros in test mode, untrained")
    layer.forward(x)
    mean, var = statistics(x)
    expected = normalised(x, 0.1 * mean, 0.1 * var, gamma, beta)
    assert_matches(layer.forward(x, False), expected, "forward in test mode, after one batch")


@pytest.mark.core
def test_BatchNormalization_keeps_the_very_arrays_it_was_given(student, rng):
    """BatchNormalization keeps gamma and beta: a change in place reaches forward."""
    x, gamma, beta, _ = draw(rng)
    _, new_gamma, new_beta, _ = draw(rng)
    mean, var = draw_statistics(rng)
    their_gamma, their_beta = student.array(gamma), student.array(beta)
    layer = student.BatchNormalization(their_gamma, their_beta, 0.9, mean, var)
    layer.forward(x, False)
    their_gamma[...] = new_gamma
    their_beta[...] = new_beta
    expected = normalised(x, mean, var, new_gamma, new_beta)
    what = "forward(x) in test mode, after gamma and beta were changed in place"
    assert_matches(layer.forward(x, False), expected, what)


@pytest.mark.core
def test_BatchNormalization_keeps_its_state_to_itself(student, rng):
    """Layers do not mix up batches; backward replaces its gradients, nothing else."""
    _, gamma, beta, _ = draw(rng, d=1)
    layers = [student.BatchNormalization(gamma, beta) for _ in range(2)]
    # Two samples, whose deviations from their mean are opposite: xn is -1 and 1, or 1 and -1.
    first = rng.permutation([-1.0, 1.0])
    for signs in [first, -first]:
        douts = rng.normal(size=(2, 2, 1))
        for layer, sign in zip(layers, signs, strict=True):
            layer.forward(np.array([[-100.0], [100.0]]) * sign + rng.uniform(-500, 500))
        for layer, dout in zip(layers, douts, strict=True):
            layer.backward(dout)
        for layer, sign, dout in zip(layers, signs, douts, strict=True):
            assert_matches(layer.dbeta, dout[0] + dout[1], "dbeta after backward")
            assert_matches(layer.dgamma, sign * (dout[1] - dout[0]), "dgamma after backward")
    for layer in layers:
        out = layer.forward(np.array([[-100.0], [100.0]]))
        what = phrase("{call}, after backward", call="forward(x)")
        assert_matches(out, np.array([beta - gamma, beta + gamma]), what)


@pytest.mark.stretch
def test_BatchNormalization_leaves_what_it_was_given_alone(student, rng):
    """All arguments are kept under their names, and no given array is changed."""
    x, gamma, beta, dout = draw(rng)
    mean, var = draw_statistics(rng)
    given = {
        "gamma": student.array(gamma),
        "beta": student.array(beta),
        "running_mean": student.array(mean),
        "running_var": student.array(var),
    }
    layer = student.BatchNormalization(**given)
    for name, value in zip(given, (gamma, beta, mean, var), strict=True):
        assert_matches(getattr(layer, name), value, name)
    assert_matches(layer.momentum, 0.9, "momentum")
    their_x, their_dout = student.array(x), student.array(dout)
    layer.forward(their_x)
    assert_matches(layer.backward(their_dout), dx_of(x, gamma, dout), "dx")
    new_mean, new_var = statistics(x)
    assert_matches(layer.running_mean, 0.9 * mean + 0.1 * new_mean, "running_mean")
    assert_matches(layer.running_var, 0.9 * var + 0.1 * new_var, "running_var")
    given |= {"x": their_x, "dout": their_dout}
    for (name, array), value in zip(given.items(), (gamma, beta, mean, var, x, dout), strict=True):
        assert_matches(array, value, phrase("{name}, after backward(dout)", name=name))
