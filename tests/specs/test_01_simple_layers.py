"""The spec of 01: the multiply node, the add node, and purchases built from both."""

import numpy as np
import pytest

from grader.messages.message import english, phrase
from grader.specs.assertions import Mismatch, assert_matches


def pair(gradients):
    """Return what backward returned, after checking that it is a pair."""
    __tracebackhide__ = True
    if not isinstance(gradients, tuple | list) or len(gradients) != 2:
        difference = "two gradients were expected, one for each input"
        expected = english("a {kind} of {number}", kind="tuple", number=2)
        raise Mismatch("what backward returned", gradients, expected, difference)
    return gradients


@pytest.mark.core
def test_MulLayer_backward_multiplies_by_the_other_input(student, rng):
    """MulLayer.backward multiplies dout by the other input: dx = dout * y."""
    x, y, dout = rng.uniform(2, 9, size=3)
    layer = student.MulLayer()
    assert_matches(layer.forward(x, y), x * y, "forward(x, y)")
    assert_matches(layer.backward(dout), (dout * y, dout * x), "(dx, dy)")


@pytest.mark.core
def test_MulLayer_backward_uses_the_latest_forward(student, rng):
    """MulLayer.backward uses the inputs of the latest forward."""
    layer = student.MulLayer()
    for _ in range(3):
        x, y, dout = rng.uniform(2, 9, size=3)
        assert_matches(layer.forward(x, y), x * y, "forward(x, y)")
        assert_matches(layer.backward(dout), (dout * y, dout * x), "(dx, dy)")


@pytest.mark.core
def test_MulLayer_keeps_its_inputs_to_itself(student, rng):
    """Two MulLayers do not mix up their inputs."""
    (a, b), (c, d), (dout, other_dout) = rng.uniform(2, 9, size=(3, 2))
    first, second = student.MulLayer(), student.MulLayer()
    first.forward(a, b)
    second.forward(c, d)
    what = phrase("{names} of the first layer", names="(dx, dy)")
    assert_matches(first.backward(dout), (dout * b, dout * a), what)
    what = phrase("{names} of the second", names="(dx, dy)")
    assert_matches(second.backward(other_dout), (other_dout * d, other_dout * c), what)


@pytest.mark.core
def test_MulLayer_of_a_number_with_itself_has_two_gradients(student, rng):
    """With x as both inputs, MulLayer's gradients add up to 2 * x * dout."""
    x, dout = rng.uniform(2, 9, size=2)
    layer = student.MulLayer()
    assert_matches(layer.forward(x, x), x * x, "forward(x, x)")
    gradients = layer.backward(dout)
    assert_matches(gradients, (x * dout, x * dout), "(dx, dy)")
    assert_matches(sum(gradients), 2 * x * dout, "dx + dy")


@pytest.mark.core
def test_AddLayer_adds_and_passes_dout_to_both_inputs(student, rng):
    """AddLayer.forward returns x + y, and backward dout for both inputs."""
    x, y, dout = rng.uniform(2, 9, size=3)
    layer = student.AddLayer()
    assert_matches(layer.forward(x, y), x + y, "forward(x, y)")
    assert_matches(layer.backward(dout), (dout, dout), "(dx, dy)")


@pytest.mark.core
def test_AddLayer_gradients_do_not_depend_on_the_inputs(student, rng):
    """AddLayer.backward returns dout, whatever numbers were added."""
    layer = student.AddLayer()
    for x, y in [(-3.5, 2.0), (0.0, -7.25), (1e6, 1e-3)]:
        dout = rng.uniform(2, 9)
        assert_matches(layer.forward(x, y), x + y, "forward(x, y)")
        assert_matches(layer.backward(dout), (dout, dout), "(dx, dy)")


@pytest.mark.core(points=2)
def test_MulLayer_buys_two_apples(student):
    """Two apples cost 220.00000000000003; the gradients are 2.2, 110, 200."""
    apples, taxed = student.MulLayer(), student.MulLayer()
    price = taxed.forward(apples.forward(100, 2), 1.1)
    assert_matches(price, 220.00000000000003, "the bill", rtol=1e-14)
    dapples, dtax = pair(taxed.backward(1))
    dprice, dcount = pair(apples.backward(dapples))
    assert_matches(dapples, 1.1, "gradient of what the apples cost", rtol=1e-14)
    assert_matches(dtax, 200.0, "gradient of the tax", rtol=1e-14)
    assert_matches(dprice, 2.2, "gradient of an apple's price", rtol=1e-14)
    assert_matches(dcount, 110.00000000000001, "gradient of the number of apples", rtol=1e-14)


@pytest.mark.core(points=2)
def test_AddLayer_buys_apples_and_oranges(student):
    """With three oranges it is 715.0000000000001; the tax's gradient is 650."""
    apples, oranges, both, taxed = (
        student.MulLayer(),
        student.MulLayer(),
        student.AddLayer(),
        student.MulLayer(),
    )
    price = taxed.forward(both.forward(apples.forward(100, 2), oranges.forward(150, 3)), 1.1)
    assert_matches(price, 715.0000000000001, "the bill", rtol=1e-14)
    dboth, dtax = pair(taxed.backward(1))
    dapples, doranges = pair(both.backward(dboth))
    dapple_price, dapple_count = pair(apples.backward(dapples))
    dorange_price, dorange_count = pair(oranges.backward(doranges))
    assert_matches(dtax, 650.0, "gradient of the tax", rtol=1e-14)
    assert_matches(
        (dapple_count, dapple_price, dorange_price, dorange_count),
        (110.00000000000001, 2.2, 3.3000000000000003, 165.0),
        "gradients of the number and price of apples, the price and number of oranges",
        rtol=1e-14,
    )


@pytest.mark.core(points=2)
def test_AddLayer_and_MulLayer_agree_with_a_nudge(student, rng):
    """The gradients show how a bill changes when one number is nudged."""
    prices = rng.uniform(1, 9, size=5)  # a, b, c, d, tax

    def bill(a, b, c, d, tax):
        return (a * b + c * d) * tax

    left, right, both, taxed = (
        student.MulLayer(),
        student.MulLayer(),
        student.AddLayer(),
        student.MulLayer(),
    )
    a, b, c, d, tax = prices
    total = taxed.forward(both.forward(left.forward(a, b), right.forward(c, d)), tax)
    assert_matches(total, bill(*prices), "the bill")
    dboth, dtax = pair(taxed.backward(1))
    dleft, dright = pair(both.backward(dboth))
    gradients = (*pair(left.backward(dleft)), *pair(right.backward(dright)), dtax)
    h = 1e-4
    nudges = h * np.eye(5)
    expected = [(bill(*(prices + n)) - bill(*(prices - n))) / (2 * h) for n in nudges]
    assert_matches(gradients, tuple(expected), "the five gradients", rtol=1e-6)


@pytest.mark.stretch
def test_MulLayer_takes_arrays(student, rng):
    """MulLayer works on whole arrays too, element by element."""
    x, y, dout = rng.uniform(2, 9, size=(3, 4, 5))
    layer = student.MulLayer()
    assert_matches(layer.forward(x, y), x * y, "forward(x, y)")
    assert_matches(layer.backward(dout), (dout * y, dout * x), "(dx, dy)")
