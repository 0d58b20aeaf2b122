"""The checks of the spec of 03 in plain pytest, with NumPy's assertions.

`pytest_overhead.py` copies it to a new folder, next to the reference's affine.py.
"""

import numpy as np
import pytest
from affine import Affine
from numpy.testing import assert_allclose


@pytest.fixture
def rng():
    return np.random.default_rng(0)


def draw(rng, n=5, d=3, m=4):
    return (
        rng.normal(size=(n, d)),
        rng.normal(size=(d, m)),
        rng.normal(size=m),
        rng.normal(size=(n, m)),
    )


def check_backward(layer, dx, x, W, dout):
    assert_allclose(dx, np.einsum("nm,dm->nd", dout, W))
    assert_allclose(layer.dW, np.einsum("nd,nm->dm", x, dout))
    assert_allclose(layer.db, np.einsum("nm->m", dout))


def test_forward(rng):
    x, W, b, _ = draw(rng)
    assert_allclose(Affine(W, b).forward(x), np.einsum("nd,dm->nm", x, W) + b)


def test_example():
    layer = Affine(np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([10.0, 20.0]))
    assert_allclose(layer.forward(np.array([[1.0, 1.0]])), [[14.0, 26.0]])
    assert_allclose(layer.backward(np.array([[1.0, 0.0]])), [[1.0, 3.0]])
    assert_allclose(layer.dW, [[1.0, 0.0], [1.0, 0.0]])
    assert_allclose(layer.db, [1.0, 0.0])


def test_dx(rng):
    x, W, b, dout = draw(rng)
    layer = Affine(W, b)
    layer.forward(x)
    assert_allclose(layer.backward(dout), np.einsum("nm,dm->nd", dout, W))


def test_dW(rng):
    x, W, b, dout = draw(rng)
    layer = Affine(W, b)
    layer.forward(x)
    layer.backward(dout)
    assert_allclose(layer.dW, np.einsum("nd,nm->dm", x, dout))


def test_db(rng):
    x, W, b, dout = draw(rng)
    layer = Affine(W, b)
    layer.forward(x)
    layer.backward(dout)
    assert_allclose(layer.db, np.einsum("nm->m", dout))


@pytest.mark.parametrize("n", [1, 4])
def test_batches(rng, n):
    x, W, b, dout = draw(rng, n, 4, 4)
    layer = Affine(W, b)
    assert_allclose(layer.forward(x), np.einsum("nd,dm->nm", x, W) + b)
    check_backward(layer, layer.backward(dout), x, W, dout)


def test_keeps_its_arrays(rng):
    x, W, b, _ = draw(rng)
    _, new_W, new_b, _ = draw(rng)
    layer = Affine(W, b)
    layer.forward(x)
    W[...], b[...] = new_W, new_b
    assert_allclose(layer.forward(x), np.einsum("nd,dm->nm", x, new_W) + new_b)


def test_starts_afresh(rng):
    _, W, b, _ = draw(rng)
    layer = Affine(W, b)
    for n in (5, 7, 5):
        x, _, _, dout = draw(rng, n)
        assert_allclose(layer.forward(x), np.einsum("nd,dm->nm", x, W) + b)
        check_backward(layer, layer.backward(dout), x, W, dout)


def test_two_layers(rng):
    both = [draw(rng), draw(rng)]
    layers = [Affine(W, b) for _, W, b, _ in both]
    for layer, (x, _, _, _) in zip(layers, both, strict=True):
        layer.forward(x)
    returned = [layer.backward(dout) for layer, (_, _, _, dout) in zip(layers, both, strict=True)]
    for layer, dx, (x, W, _, dout) in zip(layers, returned, both, strict=True):
        check_backward(layer, dx, x, W, dout)


def test_leaves_its_arguments_alone(rng):
    given = draw(rng)
    x, W, b, dout = kept = [value.copy() for value in given]
    layer = Affine(W, b)
    layer.forward(x)
    layer.backward(dout)
    for value, original in zip(kept, given, strict=True):
        assert_allclose(value, original)
