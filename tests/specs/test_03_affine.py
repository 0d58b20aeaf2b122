"""The spec of 03: the affine layer."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import assert_matches

N, D, M = 5, 3, 4
ALL = ("dx", "dW", "db")
SINGLE = 1, 1, 1  # here the gradients are single numbers: no axis or transpose can be wrong


def draw(rng, n=N, d=D, m=M):
    """A batch, weights, a bias and an upstream gradient; n, d and m differ by default."""
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, m)),
        rng.normal(size=m),
        rng.normal(size=(n, m)),
    )


def outputs(x, W, b):
    """What forward returns."""
    return np.einsum("nd,dm->nm", x, W) + b


def gradients(x, W, dout):
    """What backward returns, and sets."""
    return {
        "dx": np.einsum("nm,dm->nd", dout, W),
        "dW": np.einsum("nd,nm->dm", x, dout),
        "db": np.einsum("nm->m", dout),
    }


def assert_gradients(layer, x, W, dout, names=ALL):
    """Call backward, and compare what it returns, and sets, with what it should be."""
    __tracebackhide__ = True
    dx, expected = layer.backward(dout), gradients(x, W, dout)
    for name in names:
        if name == "dx":
            assert_matches(dx, expected[name], name)
        else:
            assert_matches(getattr(layer, name), expected[name], f"{name} after backward")


def assert_formula(student, rng, *names, sizes=(N, D, M)):
    """Check gradients of which a difference of two outputs, or a tiny step, says nothing.

    The bias is infinite, and so is each output, but no gradient depends on it. And x and W are so
    small that they vanish where they are multiplied by a tiny step; so do dx and dW.
    """
    __tracebackhide__ = True
    x, W, b, dout = draw(rng, *sizes)
    x, W = 1e-305 * x, 1e-305 * W
    layer = student.Affine(W, np.full_like(b, np.inf))
    layer.forward(x)
    dx, expected = layer.backward(dout), gradients(x, W, dout)
    for name in names:
        returned = dx if name == "dx" else getattr(layer, name)
        what = phrase("{name}, where b is infinite and x and W are tiny", name=name)
        exact = {"atol": 1e-9} if name == "db" else {"atol": 1e-316}
        assert_matches(returned, expected[name], what, **exact)


@pytest.mark.core
def test_Affine_forward_is_the_matrix_product_plus_the_bias(student, rng):
    """Affine.forward returns x @ W + b, the bias added to every row."""
    x, W, b, _ = draw(rng)
    assert_matches(student.Affine(W, b).forward(x), outputs(x, W, b), "forward(x)")


@pytest.mark.core
def test_Affine_works_through_the_example(student, rng):
    """The example of the docstring gives [[14, 26]], dx, dW and db as it says."""
    layer = student.Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    assert_matches(layer.forward(np.array([[1.0, 1.0]])), np.array([[14.0, 26.0]]), "forward(x)")
    assert_matches(layer.backward(np.array([[1.0, 0.0]])), np.array([[1.0, 3.0]]), "dx")
    assert_matches(layer.dW, np.array([[1.0, 0.0], [1.0, 0.0]]), "dW after backward")
    assert_matches(layer.db, np.array([1.0, 0.0]), "db after backward")
    x, W, b, dout = draw(rng, 1, 2, 2)
    layer = student.Affine(W, b)
    assert_matches(layer.forward(x), outputs(x, W, b), "forward(x)")
    assert_gradients(layer, x, W, dout)
    assert_formula(student, rng, *ALL)


@pytest.mark.core
def test_Affine_dx_carries_dout_back_through_the_weights(student, rng):
    """Affine.backward returns dx: dout times W transposed, shaped like x."""
    x, W, b, dout = draw(rng)
    layer = student.Affine(W, b)
    layer.forward(x)
    assert_gradients(layer, x, W, dout, ["dx"])
    assert_formula(student, rng, "dx")


@pytest.mark.core
def test_Affine_dW_has_the_shape_of_W(student, rng):
    """Affine.backward sets dW: x transposed times dout, shaped like W."""
    x, W, b, dout = draw(rng)
    layer = student.Affine(W, b)
    layer.forward(x)
    assert_gradients(layer, x, W, dout, ["dW"])
    assert_formula(student, rng, "dW")


@pytest.mark.core
def test_Affine_db_sums_dout_over_the_samples(student, rng):
    """Affine.backward sets db: dout summed over the samples."""
    for n, m in [(N, M), (4, 4)]:
        x, W, b, dout = draw(rng, n, m=m)
        layer = student.Affine(W, b)
        layer.forward(x)
        assert_gradients(layer, x, W, dout, ["db"])
    assert_formula(student, rng, "db")


@pytest.mark.core
def test_Affine_transposes_square_weights_too(student, rng):
    """If N = D = M, where any transpose would fit, the right one is used."""
    x, W, b, dout = draw(rng, 4, 4, 4)
    layer = student.Affine(W, np.zeros_like(b))
    assert_matches(layer.forward(x), outputs(x, W, 0), "forward(x)")
    assert_gradients(layer, x, W, dout, ["dx", "dW"])
    assert_formula(student, rng, "dx", "dW")


@pytest.mark.core
def test_Affine_takes_a_batch_of_one(student, rng):
    """A batch of one sample works like any other."""
    x, W, b, dout = draw(rng, 1)
    layer = student.Affine(W, b)
    assert_matches(layer.forward(x), outputs(x, W, b), "forward(x)")
    assert_gradients(layer, x, W, dout)
    assert_formula(student, rng, *ALL)


@pytest.mark.core
def test_Affine_keeps_the_very_arrays_it_was_given(student, rng):
    """Affine keeps W and b themselves: a change in place reaches forward."""
    x, W, b, _ = draw(rng)
    _, new_W, new_b, _ = draw(rng)
    their_W, their_b = student.array(W), student.array(b)
    layer = student.Affine(their_W, their_b)
    layer.forward(x)
    their_W[...] = new_W
    their_b[...] = new_b
    changed = "forward(x), after W and b were changed in place"
    assert_matches(layer.forward(x), outputs(x, new_W, new_b), changed)


@pytest.mark.core
def test_Affine_starts_each_backward_afresh(student, rng):
    """Each backward replaces the gradients before, and leaves W and b alone."""
    _, W, b, _ = draw(rng, d=1, m=1)
    layer = student.Affine(W, b)
    for _ in range(3):
        x, _, _, dout = draw(rng, *SINGLE)
        layer.forward(x)
        assert_gradients(layer, x, W, dout, ["dW", "db"])
    what = phrase("{call}, after backward", call="forward(x)")
    assert_matches(layer.forward(x), outputs(x, W, b), what)  # no step was taken meanwhile
    assert_formula(student, rng, "dW", "db", sizes=SINGLE)


@pytest.mark.core
def test_Affine_keeps_its_state_to_itself(student, rng):
    """Two Affine layers do not mix up their inputs, weights or gradients."""
    both = [draw(rng, *SINGLE), draw(rng, *SINGLE)]
    layers = [student.Affine(W, b) for _, W, b, _ in both]
    for layer, (x, _, _, _) in zip(layers, both, strict=True):
        layer.forward(x)
    returned = [layer.backward(dout) for layer, (_, _, _, dout) in zip(layers, both, strict=True)]
    for layer, dx, (x, W, _, dout) in zip(layers, returned, both, strict=True):
        expected = gradients(x, W, dout)
        assert_matches(dx, expected["dx"], "dx")
        assert_matches(layer.dW, expected["dW"], "dW after backward")
        assert_matches(layer.db, expected["db"], "db after backward")
    assert_formula(student, rng, *ALL, sizes=SINGLE)


@pytest.mark.stretch
def test_Affine_leaves_what_it_was_given_alone(student, rng):
    """x, W and b are kept under these names, and nothing that is given is changed."""
    values = draw(rng)
    x, W, b, dout = (student.array(value) for value in values)
    layer = student.Affine(W, b)
    layer.forward(x)
    for name, value in zip(("x", "W", "b"), values, strict=False):
        assert_matches(getattr(layer, name), value, name)
    assert_matches(layer.backward(dout), np.einsum("nm,dm->nd", values[3], values[1]), "dx")
    for name, array, value in zip(("x", "W", "b", "dout"), (x, W, b, dout), values, strict=True):
        assert_matches(array, value, phrase("{name}, after backward(dout)", name=name))
