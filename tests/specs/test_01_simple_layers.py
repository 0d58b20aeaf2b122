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


def assert_formula(layer, rng, gradients):
    """Check backward where differences of forward tell nothing: inf - inf is not a number."""
    __tracebackhide__ = True
    y, dout = rng.uniform(2, 9, size=2)
    layer.forward(np.inf, y)
    what = phrase("{names}, where x is infinite", names="(dx, dy)")
    assert_matches(layer.backward(dout), gradients(y, dout), what)


def assert_mul_formula(student, rng):
    """Check that MulLayer.backward multiplies; see `assert_formula`."""
    __tracebackhide__ = True
    assert_formula(student.MulLayer(), rng, lambda y, dout: (dout * y, np.inf))


def assert_add_formula(student, rng):
    """Check that AddLayer.backward passes dout on; see `assert_formula`."""
    __tracebackhide__ = True
    assert_formula(student.AddLayer(), rng, lambda y, dout: (dout, dout))


@pytest.mark.core(points=2)
def test_MulLayer_backward_multiplies_by_the_other_input(student, rng):
    """MulLayer.backward multiplies dout by the other input: dx = dout * y."""
    a, b, dout = rng.uniform(2, 9, size=3)
    layer = student.MulLayer()
    for x, y in [(a, b), (0.0, b), (a, 0.0)]:
        assert_matches(layer.forward(x, y), x * y, "forward(x, y)")
        what = "(dx, dy)"
        if not x or not y:
            what = phrase("{names}, where one input is 0", names="(dx, dy)")
        assert_matches(layer.backward(dout), (dout * y, dout * x), what)
    assert_mul_formula(student, rng)


# What a layer remembers is told apart from what it makes of it: with both inputs 1 or infinite,
# hardly a wrong formula makes a difference. The infinite ones tell formulas from differences.


@pytest.mark.core
def test_MulLayer_backward_uses_the_latest_forward(student, rng):
    """MulLayer.backward uses the inputs of the latest forward."""
    layer = student.MulLayer()
    layer.forward(*rng.uniform(2, 9, size=2))
    for x in (1.0, np.inf, 1.0):
        layer.forward(x, x)
        assert_matches(layer.backward(1.0), (x, x), "(dx, dy)")


@pytest.mark.core
def test_MulLayer_keeps_its_inputs_to_itself(student):
    """Two MulLayers do not mix up their inputs."""
    first, second = student.MulLayer(), student.MulLayer()
    for x, other in [(1.0, np.inf), (np.inf, 1.0)]:
        first.forward(x, x)
        second.forward(other, other)
        what = phrase("{names} of the first layer", names="(dx, dy)")
        assert_matches(first.backward(1.0), (x, x), what)
        what = phrase("{names} of the second", names="(dx, dy)")
        assert_matches(second.backward(1.0), (other, other), what)


@pytest.mark.core
def test_MulLayer_of_a_number_with_itself_has_two_gradients(student, rng):
    """With x as both inputs, MulLayer's gradients add up to 2 * x * dout."""
    for x in (rng.uniform(2, 9), np.inf):
        dout = rng.uniform(2, 9)
        layer = student.MulLayer()
        layer.forward(x, x)
        gradients = layer.backward(dout)
        assert_matches(gradients, (x * dout, x * dout), "(dx, dy)")
        assert_matches(sum(gradients), 2 * x * dout, "dx + dy")


@pytest.mark.core(points=2)
def test_AddLayer_adds_and_passes_dout_to_both_inputs(student, rng):
    """AddLayer.forward returns x + y, and backward dout for both inputs."""
    x, y, dout = rng.uniform(2, 9, size=3)
    layer = student.AddLayer()
    assert_matches(layer.forward(x, y), x + y, "forward(x, y)")
    assert_matches(layer.backward(dout), (dout, dout), "(dx, dy)")
    assert_add_formula(student, rng)


@pytest.mark.core
def test_AddLayer_gradients_do_not_depend_on_the_inputs(student, rng):
    """AddLayer.backward returns dout, whatever numbers were added."""
    layer = student.AddLayer()
    for x, y in [(-3.5, 2.0), (0.0, -7.25), (1e6, 1e-3)]:
        scale, dout = rng.uniform(2, 9, size=2)
        x, y = scale * x, scale * y
        assert_matches(layer.forward(x, y), x + y, "forward(x, y)")
        assert_matches(layer.backward(dout), (dout, dout), "(dx, dy)")
    assert_add_formula(student, rng)


@pytest.mark.core
def test_MulLayer_buys_two_apples(student, rng):
    """Two apples cost 220.00000000000003; the gradients are 2.2, 110, 200."""
    buy_apples(student, (100, 2, 1.1), (220.00000000000003, 1.1, 200.0, 2.2, 110.00000000000001))
    price, count, tax = rng.uniform(2, 9, size=3)
    bill = price * count * tax
    buy_apples(student, (price, count, tax), (bill, tax, bill / tax, tax * count, tax * price))
    assert_mul_formula(student, rng)


def buy_apples(student, purchase, expected):
    """Buy apples at a price, and compare the bill and its gradients."""
    __tracebackhide__ = True
    price, count, tax = purchase
    bill, of_apples, of_tax, of_price, of_count = expected
    apples, taxed = student.MulLayer(), student.MulLayer()
    returned = taxed.forward(apples.forward(price, count), tax)
    assert_matches(returned, bill, "the bill", rtol=1e-14)
    dapples, dtax = pair(taxed.backward(1))
    dprice, dcount = pair(apples.backward(dapples))
    # Elsewhere dx comes first: with dy first, swapped gradients differ from two by x.
    assert_matches(dtax, of_tax, "gradient of the tax", rtol=1e-14)
    assert_matches(dapples, of_apples, "gradient of what the apples cost", rtol=1e-14)
    assert_matches(dprice, of_price, "gradient of an apple's price", rtol=1e-14)
    assert_matches(dcount, of_count, "gradient of the number of apples", rtol=1e-14)


@pytest.mark.core(points=2)
def test_AddLayer_buys_apples_and_oranges(student, rng):
    """Apples for 200 and oranges for 450 cost 650; both get the tax, 1.1."""
    add_up(student, 200, 450, 1.1)
    add_up(student, *rng.uniform(2, 900, size=2), rng.uniform(1, 2))
    assert_add_formula(student, rng)


def add_up(student, apples, oranges, tax):
    """Add what apples and oranges cost, and compare the sum and its gradients."""
    __tracebackhide__ = True
    layer = student.AddLayer()
    assert_matches(layer.forward(apples, oranges), apples + oranges, "the sum", rtol=1e-14)
    gradients = pair(layer.backward(tax))
    what = "gradients of what the apples cost and of what the oranges cost"
    assert_matches(gradients, (tax, tax), what, rtol=1e-14)


@pytest.mark.core
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
    assert_mul_formula(student, rng)
    assert_add_formula(student, rng)


@pytest.mark.stretch
def test_MulLayer_takes_arrays(student, rng):
    """MulLayer works on whole arrays too, and keeps its inputs as x and y."""
    x, y, dout = rng.uniform(2, 9, size=(3, 4, 5))
    layer = student.MulLayer()
    assert_matches(layer.forward(x, y), x * y, "forward(x, y)")
    assert_matches(layer.backward(dout), (dout * y, dout * x), "(dx, dy)")
    assert_matches(layer.x, x, "x")
    assert_matches(layer.y, y, "y")
