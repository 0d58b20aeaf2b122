"""The spec of 02: ReLU and sigmoid."""

import numpy as np
import pytest

from grader.specs.assertions import assert_matches


def signed(rng, *shape):
    """Random numbers well away from zero, with both signs among them."""
    x = rng.uniform(0.1, 3, size=shape) * rng.choice([-1, 1], size=shape)
    x.flat[0], x.flat[-1] = abs(x.flat[0]), -abs(x.flat[-1])
    return x


def sigmoid(x):
    """Computed from tanh, which does not overflow and is not the learner's formula."""
    return 0.5 * (1 + np.tanh(x / 2))


@pytest.mark.core
def test_Relu_forward_lets_only_positive_numbers_through(student, rng):
    """Relu.forward keeps what is positive and sets everything else to 0."""
    x = signed(rng, 4, 3)
    assert_matches(student.Relu().forward(x), np.maximum(x, 0), "forward(x)")


@pytest.mark.core
def test_Relu_mask_is_True_where_the_input_is_not_positive(student):
    """After Relu.forward, mask is True exactly where the input was 0 or below."""
    layer = student.Relu()
    out = layer.forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
    assert_matches(out, np.array([[1.0, 0.0], [0.0, 3.0]]), "forward(x)")
    assert_matches(layer.mask, np.array([[False, True], [True, False]]), "mask")


@pytest.mark.core
def test_Relu_forward_leaves_its_input_alone(student, rng):
    """Relu.forward answers with a copy and leaves its input as it was."""
    values = signed(rng, 3, 4)
    x = student.array(values)
    assert_matches(student.Relu().forward(x), np.maximum(values, 0), "forward(x)")
    assert_matches(x, values, "x, after forward(x)")


@pytest.mark.core
def test_Relu_backward_lets_dout_through_where_the_input_was_positive(student, rng):
    """Relu.backward returns dout where the input was positive, and 0 elsewhere."""
    x, dout = signed(rng, 4, 3), signed(rng, 4, 3)
    layer = student.Relu()
    layer.forward(x)
    assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.core
def test_Relu_gradient_is_zero_at_zero(student, rng):
    """Where the input is exactly 0, Relu.backward returns 0."""
    x = np.array([[0.0, 1.5, -1.5], [2.5, 0.0, 0.0]])
    dout = signed(rng, 2, 3)
    layer = student.Relu()
    assert_matches(layer.forward(x), np.maximum(x, 0), "forward(x)")
    assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.core
def test_Relu_keeps_its_mask_to_itself(student, rng):
    """Two Relus do not mix up their masks."""
    x, dout = signed(rng, 3, 3), signed(rng, 3, 3)
    first, second = student.Relu(), student.Relu()
    first.forward(x)
    second.forward(-x)
    assert_matches(first.backward(dout), np.where(x > 0, dout, 0.0), "dx of the first layer")
    assert_matches(second.backward(dout), np.where(x < 0, dout, 0.0), "dx of the second layer")


@pytest.mark.core
def test_Relu_backward_uses_the_latest_forward(student, rng):
    """Relu.backward uses the mask of the latest forward, whatever its shape."""
    layer = student.Relu()
    for shape in [(4, 3), (2, 5), (6,)]:
        x, dout = signed(rng, *shape), signed(rng, *shape)
        assert_matches(layer.forward(x), np.maximum(x, 0), "forward(x)")
        assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.stretch
def test_Relu_backward_leaves_dout_alone(student, rng):
    """Relu.backward answers with a copy and leaves dout as it was."""
    x, values = signed(rng, 3, 4), signed(rng, 3, 4)
    layer = student.Relu()
    layer.forward(x)
    dout = student.array(values)
    assert_matches(layer.backward(dout), np.where(x > 0, values, 0.0), "dx")
    assert_matches(dout, values, "dout, after backward(dout)")


@pytest.mark.core
def test_Sigmoid_forward_is_one_over_one_plus_exp_of_minus_x(student, rng):
    """Sigmoid.forward returns 1 / (1 + exp(-x)) for each element."""
    x = rng.permutation(np.arange(-6, 6) + rng.uniform(size=12)).reshape(4, 3)  # near 0 and far
    assert_matches(student.Sigmoid().forward(x), sigmoid(x), "forward(x)")


@pytest.mark.core
def test_Sigmoid_forward_ends_at_0_and_1(student):
    """Sigmoid.forward is 0 far to the left, 1 far to the right, and never NaN."""
    x = np.array([-1000.0, -40.0, 0.0, 40.0, 1000.0])
    assert_matches(student.Sigmoid().forward(x), np.array([0, 0, 0.5, 1, 1.0]), "forward(x)")


@pytest.mark.core
def test_Sigmoid_backward_multiplies_dout_by_the_slope(student, rng):
    """Sigmoid.backward returns dout times the slope of the sigmoid at the input."""
    x, dout = rng.normal(0, 2, size=(4, 3)), signed(rng, 4, 3)
    layer = student.Sigmoid()
    layer.forward(x)
    h = 1e-5
    slope = (sigmoid(x + h) - sigmoid(x - h)) / (2 * h)
    assert_matches(layer.backward(dout), dout * slope, "dx", rtol=1e-6, atol=1e-8)


@pytest.mark.core
def test_Sigmoid_keeps_its_output_to_itself(student, rng):
    """Two Sigmoids do not mix up their outputs."""
    x, dout = rng.uniform(0.5, 2, size=(3, 4)), signed(rng, 3, 4)
    first, second = student.Sigmoid(), student.Sigmoid()
    first.forward(x)
    second.forward(3 * x)
    for layer, at in ((first, x), (second, 3 * x)):
        expected = dout / (4 * np.cosh(at / 2) ** 2)
        assert_matches(layer.backward(dout), expected, "dx")
