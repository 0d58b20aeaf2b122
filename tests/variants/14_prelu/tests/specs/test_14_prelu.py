"""The spec of 14: a ReLU that learns its slopes."""

import numpy as np
import pytest

from grader.specs.assertions import assert_matches


def draw(rng, n=5, d=3):
    """A batch well away from zero, with both signs in each column, slopes, and a gradient."""
    x = rng.uniform(0.1, 3, size=(n, d)) * rng.choice([-1, 1], size=(n, d))
    x[0], x[-1] = np.abs(x[0]), -np.abs(x[-1])
    return x, rng.uniform(0.1, 0.9, size=d), rng.normal(size=(n, d))


def outputs(x, slopes):
    """What forward returns."""
    return np.maximum(x, 0) + slopes * np.minimum(x, 0)


def inputs(x, slopes, dout):
    """The gradient of the input."""
    return dout * ((x > 0) + slopes * (x <= 0))


def assert_both_ways(layer, x, slopes, dout):
    """Compare all that forward and backward do with what it should be."""
    __tracebackhide__ = True
    assert_matches(layer.forward(x), outputs(x, slopes), "forward(x)")
    assert_matches(layer.backward(dout), inputs(x, slopes, dout), "dx")
    expected = np.einsum("nd,nd->d", np.minimum(x, 0), dout)
    assert_matches(layer.dslopes, expected, "dslopes after backward")


@pytest.mark.core
def test_Prelu_forward_bends_each_column_by_its_slope(student, rng):
    """Prelu.forward keeps what is positive, and multiplies the rest by the slope of its column."""
    x, slopes, _ = draw(rng)
    assert_matches(student.Prelu(slopes).forward(x), outputs(x, slopes), "forward(x)")


@pytest.mark.core
def test_Prelu_works_through_the_example(student):
    """The example of the docstring gives the output, dx and dslopes that it says."""
    layer = student.Prelu(np.array([0.5, 0.1]))
    out = layer.forward(np.array([[1.0, -2.0], [-4.0, 3.0]]))
    assert_matches(out, np.array([[1.0, -0.2], [-2.0, 3.0]]), "forward(x)")
    assert_matches(layer.backward(np.ones((2, 2))), np.array([[1.0, 0.1], [0.5, 1.0]]), "dx")
    assert_matches(layer.dslopes, np.array([-4.0, -2.0]), "dslopes after backward")


@pytest.mark.core
def test_Prelu_dx_is_dout_times_the_slope_where_the_input_was_not_positive(student, rng):
    """Prelu.backward returns dout where the input was positive, and slope times dout elsewhere."""
    x, slopes, dout = draw(rng)
    layer = student.Prelu(slopes)
    layer.forward(x)
    assert_matches(layer.backward(dout), inputs(x, slopes, dout), "dx")


@pytest.mark.core
def test_Prelu_dslopes_gathers_what_each_sample_gives(student, rng):
    """Prelu.backward sets dslopes: x times dout where x is not positive, summed over samples."""
    x, slopes, dout = draw(rng)
    layer = student.Prelu(slopes)
    layer.forward(x)
    layer.backward(dout)
    expected = np.einsum("nd,nd->d", np.minimum(x, 0), dout)
    assert_matches(layer.dslopes, expected, "dslopes after backward")


@pytest.mark.core
def test_Prelu_takes_zero_for_not_positive(student, rng):
    """Where the input is exactly 0, dx is dout times the slope."""
    _, slopes, dout = draw(rng, 4)
    layer = student.Prelu(slopes)
    assert_both_ways(layer, np.zeros((4, 3)), slopes, dout)


@pytest.mark.core
def test_Prelu_takes_a_batch_of_one(student, rng):
    """A batch of one sample works like any other."""
    x, slopes, dout = draw(rng, 1)
    assert_both_ways(student.Prelu(slopes), x, slopes, dout)


@pytest.mark.core
def test_Prelu_starts_each_backward_afresh(student, rng):
    """The gradients of each backward replace those before; nothing adds up."""
    _, slopes, _ = draw(rng)
    layer = student.Prelu(slopes)
    for n in (5, 7, 5):
        x, _, dout = draw(rng, n)
        assert_both_ways(layer, x, slopes, dout)


@pytest.mark.core
def test_Prelu_keeps_the_very_slopes_it_was_given(student, rng):
    """Prelu keeps the slopes themselves: a change in place reaches forward."""
    x, slopes, _ = draw(rng)
    their_slopes = student.array(slopes)
    layer = student.Prelu(their_slopes)
    layer.forward(x)
    their_slopes[...] = 2 * slopes
    changed = "forward(x), after the slopes were changed in place"
    assert_matches(layer.forward(x), outputs(x, 2 * slopes), changed)


@pytest.mark.stretch
def test_Prelu_leaves_what_it_was_given_alone(student, rng):
    """Neither forward nor backward writes into x, the slopes or dout."""
    values = draw(rng)
    x, slopes, dout = (student.array(value) for value in values)
    layer = student.Prelu(slopes)
    layer.forward(x)
    assert_matches(layer.backward(dout), inputs(*values), "dx")
    for name, array, value in zip(("x", "slopes", "dout"), (x, slopes, dout), values, strict=True):
        assert_matches(array, value, f"{name}, after backward(dout)")
