"""The spec of 10: dropout, and weight decay as a loss and as a gradient.

Which elements are dropped is drawn by the learner's own code, from any generator. So a promise is
about what holds for every draw, up to a probability below 1e-12, which is told where it is used.
And what is compared are the numbers that x and dout were multiplied by. They are the same for all
draws, and small enough to be read.
"""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import Mismatch, assert_matches

EXACT = {"rtol": 1e-11, "atol": 0}  # a formula is, differences of losses are not


def nonzero(rng, *shape):
    """Numbers of both signs, none of them near 0: 0 in an output then means dropped."""
    return rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], size=shape)


def as_array(answer, like, what):
    """The answer, which has to be an array of floats of the shape that was given."""
    __tracebackhide__ = True
    value = answer[...]
    is_array = isinstance(value, np.ndarray) and value.shape == like.shape
    if not is_array or value.dtype.kind != "f":
        assert_matches(value, like, what)
    return value


def multipliers(out, given):
    """The different numbers that an array was multiplied by, ascending."""
    return np.unique(np.round(out / given, 9) + 0.0)


def assert_multipliers(out, given, expected, what):
    """Compare the different numbers that an array was multiplied by."""
    __tracebackhide__ = True
    assert_matches(multipliers(out, given), np.array(expected, dtype=float), what)


TRAINED = phrase("the numbers that x is multiplied by in training")
TESTED = phrase("the numbers that x is multiplied by in a test")
KEPT = phrase("the numbers that dout is multiplied by where x was kept")
DROPPED = phrase("the numbers that dout is multiplied by where x was dropped")


def train(layer, x):
    """Call forward in training: what was kept, and the number that it was multiplied by.

    x has to be so large that, with the ratio in use, some of it is dropped and some is kept.
    """
    __tracebackhide__ = True
    out = as_array(layer.forward(x), x, "forward(x)")
    found = multipliers(out, x)
    if found.size != 2 or found[0] != 0 or not np.isfinite(found[1]):
        raise Mismatch(TRAINED, found, ..., phrase("0 and one other number were expected"))
    kept = out != 0
    return kept, float(np.median(out[kept] / x[kept]))


def assert_back(layer, kept, factor, dout):
    """Call backward, and compare it with what forward has done."""
    __tracebackhide__ = True
    dx = as_array(layer.backward(dout), dout, "dx")
    assert_multipliers(dx[~kept], dout[~kept], [0], DROPPED)
    assert_multipliers(dx[kept], dout[kept], [factor], KEPT)


@pytest.mark.core
def test_Dropout_forward_drops_or_keeps_each_element(student, rng):
    """In training, Dropout.forward makes each element 0, or x times one number."""
    x = nonzero(rng, 20, 15)  # all of it dropped or all of it kept: 2 * 0.7**300 = 7e-47
    _, factor = train(student.Dropout(0.3), x)
    out = as_array(student.Dropout(0.3).forward(x, True), x, "forward(x, True)")
    assert_multipliers(out, x, [0, factor], TRAINED)


@pytest.mark.core
def test_Dropout_ratio_is_the_share_that_is_dropped(student, rng):
    """dropout_ratio is the share that is dropped: 0.5 by default, and none at 0."""
    # By Hoeffding's inequality, the share in n draws is off by 0.07 or more with a probability of
    # at most 2 * exp(-2 * n * 0.07**2) = 2e-34.
    x = nonzero(rng, 8000)  # one axis: here it does not matter whether whole rows are dropped
    for given, ratio in ((), 0.5), ((0.2,), 0.2), ((0.7,), 0.7):
        layer = student.Dropout(*given)
        dropped = np.mean(as_array(layer.forward(x), x, "forward(x)") == 0)
        share = round(20 * float(dropped)) / 20
        what = phrase("share that is dropped with ratio {ratio}, to the next 0.05", ratio=ratio)
        if not given:
            what = phrase("share that is dropped by default, to the next 0.05")
        assert_matches(share, ratio, what, rtol=0, atol=0.051)
    # `np.random.rand() > 0` drops a number with a probability of 2**-53: 3e-15 for 30 numbers.
    x, dout = nonzero(rng, 6, 5), nonzero(rng, 6, 5)
    layer = student.Dropout(0)
    assert_matches(layer.forward(x), x, phrase("forward(x), with ratio 0"))
    assert_matches(layer.backward(dout), dout, phrase("backward(dout), with ratio 0"))


@pytest.mark.core
def test_Dropout_forward_decides_for_each_element_alone(student, rng):
    """Dropout.forward decides for each element: no row or column goes as a whole."""
    x = nonzero(rng, 60, 60)  # a row or column of 60 with one fate: 240 * 2**-60 = 2e-16
    kept, _ = train(student.Dropout(0.5), x)
    whole = [bool((kept.all(axis=axis) | ~kept.any(axis=axis)).any()) for axis in (1, 0)]
    assert_matches(whole[0], False, phrase("whether a row of 60 is kept or dropped as a whole"))
    assert_matches(whole[1], False, phrase("whether a column of 60 is kept or dropped as a whole"))


@pytest.mark.core
def test_Dropout_forward_draws_anew_each_time(student, rng):
    """Each Dropout.forward in training draws anew what is dropped."""
    x = nonzero(rng, 16, 10)  # a draw that comes again: 6 * 2**-160
    layer = student.Dropout(0.5)
    masks = {train(layer, x)[0].tobytes() for _ in range(4)}
    assert_matches(len(masks), 4, phrase("how many of four forward(x) drop different elements"))


@pytest.mark.core
def test_Dropout_forward_drops_nothing_in_a_test(student, rng):
    """With train_flg=False, Dropout.forward drops nothing, and nothing is random."""
    x = nonzero(rng, 15, 10)
    layer = student.Dropout(0.4)
    train(layer, x)
    out = as_array(layer.forward(x, train_flg=False), x, "forward(x, train_flg=False)")
    found = multipliers(out, x)
    if found.size != 1 or not 0 < found[0] < np.inf:
        raise Mismatch(TESTED, found, ..., phrase("one number above 0 was expected"))
    assert_matches(
        layer.forward(x, False), out, phrase("{call}, once more", call="forward(x, False)")
    )


@pytest.mark.core(points=2)
def test_Dropout_forward_in_a_test_is_the_mean_of_training(student, rng):
    """In a test, x is scaled as training does on average: by 1, or by 1 - ratio."""
    for ratio in (0.25, 0.6):
        x = nonzero(rng, 20, 15)  # all of it dropped or all of it kept: 0.75**300 = 3e-38
        layer = student.Dropout(ratio)
        _, in_training = train(layer, x)
        out = as_array(layer.forward(x, False), x, "forward(x, False)")
        in_test = float(np.median(out / x))
        ways = [(1, 1 - ratio), (1 / (1 - ratio), 1)]
        found = in_training, in_test
        if not any(np.allclose(found, way, rtol=1e-6, atol=0) for way in ways):
            what = phrase("what x is multiplied by in training, if kept, and in a test")
            told = phrase(
                "with ratio {ratio}, either 1 and {less}, or {more} and 1",
                ratio=ratio,
                less=f"{1 - ratio:.4g}",
                more=f"{1 / (1 - ratio):.4g}",
            )
            raise Mismatch(what, tuple(round(one, 9) for one in found), ..., told)


@pytest.mark.core(points=2)
def test_Dropout_backward_uses_the_mask_of_forward(student, rng):
    """Dropout.backward multiplies dout by what forward multiplied x by, or by 0."""
    # Where 100 elements are kept, each other mask differs: P = 2**-100 or less. All kept or all
    # dropped: 2 * 0.6**300 = 6e-67.
    x, dout = nonzero(rng, 20, 15), nonzero(rng, 20, 15)
    layer = student.Dropout(0.4)
    kept, factor = train(layer, x)
    assert_back(layer, kept, factor, dout)


@pytest.mark.core
def test_Dropout_backward_lets_pass_where_x_is_0(student, rng):
    """Where x is 0, as after ReLU, Dropout.backward lets dout pass unless dropped."""
    x, dout = nonzero(rng, 20, 30), nonzero(rng, 20, 30)
    zeros = rng.permutation(x.size).reshape(x.shape) < 400  # all of them with one fate: 2**-399
    x[zeros] = 0
    layer = student.Dropout(0.5)
    out = as_array(layer.forward(x), x, "forward(x)")
    dx = as_array(layer.backward(dout), dout, "dx")
    factor = multipliers(out[~zeros], x[~zeros])[-1]
    what = phrase("the numbers that dout is multiplied by where x is 0")
    assert_multipliers(dx[zeros], dout[zeros], [0, factor], what)


@pytest.mark.core
def test_Dropout_backward_belongs_to_the_latest_forward(student, rng):
    """Each Dropout uses the mask of its own latest forward, whatever its shape."""
    layer, other = student.Dropout(0.5), student.Dropout(0.5)
    # All of 240 or more kept or dropped, or two masks alike: below 1e-71.
    for shape in [(20, 15), (4, 3, 5, 6), (240,)]:
        x, dout = nonzero(rng, *shape), nonzero(rng, *shape)
        train(layer, nonzero(rng, *shape))
        kept, factor = train(layer, x)
        train(other, x)
        for _ in range(2):
            assert_back(layer, kept, factor, dout)


def squares(*arrays):
    """The sum of all squares, entry by entry."""
    return float(sum(np.vdot(one, one) for one in arrays))


def draw_weights(rng):
    """Weights of a deep network with a convolution at its beginning, in a mixed order."""
    shapes = {"W2": (4, 3), "W1": (3, 2, 2, 2), "W10": (3, 5), "W3": (3, 3)}
    return {key: rng.normal(size=shape) for key, shape in shapes.items()}


def with_an_infinite_weight(weights):
    """The same but for one weight. No other gradient depends on it, but every loss does."""
    first = weights["W1"].copy()
    first.flat[0] = np.inf
    return {**weights, "W1": first}


def draw_others(rng):
    """Parameters that are no weights."""
    return {key: rng.normal(size=4) for key in ("b1", "gamma1", "beta1", "b2", "b10")}


def as_float(answer):
    """The answer of weight_decay_loss, which has to be a number."""
    __tracebackhide__ = True
    value = answer[...]
    if not isinstance(value, float | int | np.number):
        assert_matches(value, 1.0, "weight_decay_loss(params, 0.5)")
    return float(value)


def as_gradients(answer):
    """The answer of weight_decay_gradient, which has to be a dict with an array for W3."""
    __tracebackhide__ = True
    value, like = answer[...], np.ones((3, 3))
    if not (isinstance(value, dict) and np.shape(value.get("W3")) == like.shape):
        assert_matches(value, {"W3": like}, "weight_decay_gradient(params, 0.5)")
    return value


@pytest.mark.core(points=2)
def test_weight_decay_loss_is_half_lambda_times_the_squares(student, rng):
    """weight_decay_loss is 0.5 * lambda * the sum of W squared, over all weights."""
    W, strength = np.array([[1.0, -2.0], [3.0, 0.0]]), float(rng.uniform(0.2, 0.9))
    assert_matches(
        student.weight_decay_loss({"W1": W}, 0.1), 0.7, "weight_decay_loss({'W1': W1}, 0.1)"
    )
    weights = draw_weights(rng)
    expected = strength / 2 * squares(*weights.values())
    what = "weight_decay_loss(params, weight_decay_lambda)"
    assert_matches(student.weight_decay_loss(weights, strength), expected, what)


@pytest.mark.core
def test_weight_decay_loss_leaves_biases_out(student, rng):
    """weight_decay_loss does not depend on biases, gamma and beta."""
    weights = draw_weights(rng)
    tripled = {key: 3 * W for key, W in weights.items()}
    before = as_float(student.weight_decay_loss({**draw_others(rng), **weights}, 0.5))
    after = as_float(student.weight_decay_loss({**draw_others(rng), **tripled}, 0.5))
    what = phrase("how many times as large the loss is when W triples and b changes")
    assert_matches(after / before if before else np.nan, 9.0, what)


@pytest.mark.core(points=2)
def test_weight_decay_gradient_is_lambda_times_each_weight(student, rng):
    """weight_decay_gradient returns a dict with lambda * W for each weight."""
    weights, strength = draw_weights(rng), float(rng.uniform(0.2, 0.9))
    expected = {key: strength * W for key, W in weights.items()}
    what = "weight_decay_gradient(params, weight_decay_lambda)"
    assert_matches(student.weight_decay_gradient(weights, strength), expected, what, **EXACT)
    infinite = with_an_infinite_weight(weights)
    expected["W1"] = strength * infinite["W1"]
    what = phrase("{call}, where one weight is infinite", call=what)
    assert_matches(student.weight_decay_gradient(infinite, strength), expected, what, **EXACT)


@pytest.mark.core
def test_weight_decay_gradient_leaves_biases_out(student, rng):
    """weight_decay_gradient leaves biases, gamma and beta out, or gives them 0."""
    weights = with_an_infinite_weight(draw_weights(rng))
    fewer = {"W1": weights["W1"], "W3": weights["W3"] / 3}
    grads = as_gradients(student.weight_decay_gradient({**draw_others(rng), **weights}, 0.5))
    thirds = as_gradients(student.weight_decay_gradient({**draw_others(rng), **fewer}, 0.5))
    what = phrase("how many times as large the gradient of W3 is when W3 triples")
    with np.errstate(all="ignore"):
        times = grads["W3"] / thirds["W3"]
    assert_matches(times, np.full((3, 3), 3.0), what, **EXACT)
    for key, grad in grads.items():
        if not str(key).startswith("W"):
            assert_matches(grad, np.zeros(4), phrase("the gradient of {key}", key=str(key)))


@pytest.mark.stretch
def test_Dropout_and_weight_decay_leave_what_they_were_given_alone(student, rng):
    """Nothing writes into x, dout or params: each result is a new array."""
    values, gradient, weight = nonzero(rng, 20, 15), nonzero(rng, 20, 15), nonzero(rng, 3, 2)
    x, dout, W = student.array(values), student.array(gradient), student.array(weight)
    layer = student.Dropout(0.5)
    out = as_array(layer.forward(x), values, "forward(x)")
    factor = multipliers(out, values)[-1]
    assert_multipliers(out, values, [0, factor], TRAINED)
    layer.backward(dout)
    layer.forward(x, False)
    assert_matches(x, values, phrase("{name}, after backward(dout)", name="x"))
    assert_matches(dout, gradient, phrase("{name}, after backward(dout)", name="dout"))
    grads = student.weight_decay_gradient({"W1": W}, 0.5)
    assert_matches(grads, {"W1": weight / 2}, "weight_decay_gradient(params, 0.5)")
    assert_matches(W, weight, phrase("W1, after weight_decay_gradient"))
