"""The spec of 02: ReLU and sigmoid."""

import numpy as np
import pytest

from grader.specs.assertions import assert_matches

EXACT = {"rtol": 1e-12, "atol": 0}  # a formula is, differences of outputs are not


def signed(rng, *shape):
    """Random numbers well away from zero, with both signs among them."""
    x = rng.uniform(0.1, 3, size=shape) * rng.choice([-1, 1], size=shape)
    x.flat[0], x.flat[-1] = abs(x.flat[0]), -abs(x.flat[-1])
    return x


def signed_and_extreme(rng, *shape):
    """Like `signed`, with numbers at which differences of ReLU are wrong: tiny ones and huge ones.

    A nudge steps over the kink next to 0, and is lost next to a huge number.
    """
    x = signed(rng, *shape)
    x.flat[rng.permutation(np.arange(1, x.size - 1))[:4]] = [1e-200, -1e-200, 1e200, np.inf]
    return x


def signed_otherwise(rng, *shape):
    """Like `signed`, with other signs at both ends, so that no gradient has the signs of x."""
    return -signed(rng, *shape)


def sigmoid(x):
    """Computed from tanh, which does not overflow and is not the learner's formula."""
    return 0.5 * (1 + np.tanh(x / 2))


def slope_of_sigmoid(x):
    """Computed from cosh, which is not the learner's formula."""
    return 1 / (4 * np.cosh(x / 2) ** 2)


def near_and_far(rng):
    """Numbers from -6 to 6, one in each unit."""
    return rng.permutation(np.arange(-6, 6) + rng.uniform(size=12)).reshape(4, 3)


def between_flat_ends(rng, *shape):
    """Numbers from -6 to 6, some of them where the sigmoid is nearly flat.

    There, a difference of two outputs has lost most of its digits.
    """
    x = rng.uniform(-6, 6, size=shape)
    x.flat[rng.permutation(x.size)[:2]] = rng.uniform(5, 6, size=2)
    return x


@pytest.mark.core
def test_Relu_forward_lets_only_positive_numbers_through(student, rng):
    """Relu.forward keeps what is positive and sets everything else to 0."""
    x = signed(rng, 4, 3)
    assert_matches(student.Relu().forward(x), np.maximum(x, 0), "forward(x)")


@pytest.mark.stretch
def test_Relu_mask_is_True_where_the_input_is_not_positive(student, rng):
    """After Relu.forward, mask is True exactly where the input was 0 or below."""
    layer = student.Relu()
    out = layer.forward(np.array([[1.0, -0.5], [-2.0, 3.0]]))
    assert_matches(out, np.array([[1.0, 0.0], [0.0, 3.0]]), "forward(x)")
    assert_matches(layer.mask, np.array([[False, True], [True, False]]), "mask")
    x = np.hstack([signed(rng, 3, 4), np.zeros((3, 1))])
    assert_matches(layer.forward(x), np.maximum(x, 0), "forward(x)")
    assert_matches(layer.mask, np.logical_not(x > 0), "mask")


@pytest.mark.stretch
def test_Relu_forward_leaves_its_input_alone(student, rng):
    """Relu.forward answers with a copy and leaves its input as it was."""
    values = signed(rng, 3, 4)
    x = student.array(values)
    assert_matches(student.Relu().forward(x), np.maximum(values, 0), "forward(x)")
    assert_matches(x, values, "x, after forward(x)")


@pytest.mark.core
def test_Relu_backward_lets_dout_through_where_the_input_was_positive(student, rng):
    """Relu.backward returns dout where the input was positive, and 0 elsewhere."""
    x, dout = signed_and_extreme(rng, 4, 3), signed_otherwise(rng, 4, 3)
    layer = student.Relu()
    layer.forward(x)
    assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.core
def test_Relu_gradient_is_zero_at_zero(student, rng):
    """Where the input is exactly 0, Relu.backward returns 0."""
    x, dout = (
        np.hstack([signed_and_extreme(rng, 3, 3), np.zeros((3, 2))]),
        signed_otherwise(rng, 3, 5),
    )
    layer = student.Relu()
    assert_matches(layer.forward(x), np.maximum(x, 0), "forward(x)")
    assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.core
def test_Relu_keeps_its_mask_to_itself(student, rng):
    """Two Relus do not mix up their masks."""
    x, dout = signed_and_extreme(rng, 3, 3), signed_otherwise(rng, 3, 3)
    first, second = student.Relu(), student.Relu()
    first.forward(x)
    second.forward(np.clip(-x, -9, 9))
    assert_matches(first.backward(dout), np.where(x > 0, dout, 0.0), "dx of the first layer")
    assert_matches(second.backward(dout), np.where(x < 0, dout, 0.0), "dx of the second layer")


@pytest.mark.core
def test_Relu_backward_uses_the_latest_forward(student, rng):
    """Relu.backward uses the mask of the latest forward, whatever its shape."""
    layer = student.Relu()
    for shape in [(4, 3), (2, 5), (6,)]:
        x, dout = signed_and_extreme(rng, *shape), signed_otherwise(rng, *shape)
        assert_matches(layer.forward(x), np.maximum(x, 0), "forward(x)")
        assert_matches(layer.backward(dout), np.where(x > 0, dout, 0.0), "dx")


@pytest.mark.stretch
def test_Relu_backward_leaves_dout_alone(student, rng):
    """Relu.backward answers with a copy and leaves dout and x as they were."""
    inputs, values = signed(rng, 3, 4), signed(rng, 3, 4)
    x, dout = student.array(inputs), student.array(values)
    layer = student.Relu()
    assert_matches(layer.forward(x), np.maximum(inputs, 0), "forward(x)")
    x[...] = inputs  # what forward writes into it is another promise
    assert_matches(layer.backward(dout), np.where(inputs > 0, values, 0.0), "dx")
    assert_matches(dout, values, "dout, after backward(dout)")
    assert_matches(x, inputs, "x, after backward(dout)")


@pytest.mark.core
def test_Sigmoid_forward_is_one_over_one_plus_exp_of_minus_x(student, rng):
    """Sigmoid.forward returns 1 / (1 + exp(-x)) for each element."""
    x = near_and_far(rng)
    assert_matches(student.Sigmoid().forward(x), sigmoid(x), "forward(x)")


@pytest.mark.core
def test_Sigmoid_forward_ends_at_0_and_1(student, rng):
    """Sigmoid.forward is 0 far to the left, 1 far to the right, and never NaN."""
    far, near = rng.uniform(40, 1000, size=2), rng.uniform(0.5, 2, size=2)
    x = np.array([-1000.0, -far[0], -near[0], 0.0, near[1], far[1], 1000.0])
    middle = sigmoid(x[2:5])
    assert_matches(student.Sigmoid().forward(x), np.array([0, 0, *middle, 1, 1]), "forward(x)")


@pytest.mark.core
def test_Sigmoid_backward_multiplies_dout_by_the_slope(student, rng):
    """Sigmoid.backward returns dout times the slope of the sigmoid at the input."""
    x, dout = between_flat_ends(rng, 4, 3), signed(rng, 4, 3)
    layer = student.Sigmoid()
    layer.forward(x)
    assert_matches(layer.backward(dout), dout * slope_of_sigmoid(x), "dx", **EXACT)


@pytest.mark.core
def test_Sigmoid_keeps_its_output_to_itself(student, rng):
    """Two Sigmoids do not mix up their outputs."""
    both, dout = [between_flat_ends(rng, 3, 4) for _ in range(2)], signed(rng, 3, 4)
    layers = [student.Sigmoid() for _ in both]
    for layer, x in zip(layers, both, strict=True):
        layer.forward(x)
    for layer, x in zip(layers, both, strict=True):
        assert_matches(layer.backward(dout), dout * slope_of_sigmoid(x), "dx", **EXACT)


@pytest.mark.core
def test_Sigmoid_backward_uses_the_latest_forward(student, rng):
    """Sigmoid.backward uses the latest output of forward, whatever its shape."""
    layer = student.Sigmoid()
    for shape in [(4, 3), (2, 5), (6,)]:
        x, dout = between_flat_ends(rng, *shape), signed(rng, *shape)
        layer.forward(x)
        assert_matches(layer.backward(dout), dout * slope_of_sigmoid(x), "dx", **EXACT)


@pytest.mark.stretch
def test_Sigmoid_leaves_x_and_dout_alone(student, rng):
    """Sigmoid keeps its output as out, and leaves x and dout as they were."""
    inputs, values = near_and_far(rng), signed(rng, 4, 3)
    x, dout = student.array(inputs), student.array(values)
    layer = student.Sigmoid()
    assert_matches(layer.forward(x), sigmoid(inputs), "forward(x)")
    assert_matches(layer.out, sigmoid(inputs), "out")
    assert_matches(layer.backward(dout), values * slope_of_sigmoid(inputs), "dx")
    assert_matches(x, inputs, "x, after backward(dout)")
    assert_matches(dout, values, "dout, after backward(dout)")
