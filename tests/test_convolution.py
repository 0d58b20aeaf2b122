"""What holds for im2col, col2im and Convolution, whatever the sizes: hypothesis looks for others.

The reference, the book's code and each alternative are tried. Where a case was seen in public, the
docstring says where.
"""

import importlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from grader.course.modules import read_module
from grader.course.settings import find_course
from grader.worker.module_loader import importable

ROOT = Path(__file__).parents[1]
EXERCISE = find_course(ROOT).named("11_convolution")
WAYS = {
    "reference": EXERCISE.solution,
    "book": ROOT / "tests" / "textbook" / EXERCISE.filename,
    **{path.stem: path for path in (ROOT / "tests/alternatives/11_convolution").glob("*.py")},
}


@st.composite
def sizes(draw):
    """Shape of images, height and width of a filter that fits, stride and pad."""
    shape = tuple(draw(st.integers(1, top)) for top in (2, 3, 6, 6))
    filter_h, filter_w = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    stride, pad = draw(st.integers(1, 4)), draw(st.integers(0, 2))
    assume(filter_h <= shape[2] + 2 * pad and filter_w <= shape[3] + 2 * pad)
    return shape, filter_h, filter_w, stride, pad


@pytest.fixture(scope="module", params=WAYS)
def module(request):
    """One of the ways to write the exercise."""
    with importable({EXERCISE.module: read_module(WAYS[request.param])}):
        yield importlib.import_module(EXERCISE.module)


@settings(max_examples=25, deadline=None)
@given(sizes())
def test_im2col_and_col2im_are_adjoint(module, size):
    """<im2col(x), c> = <x, col2im(c)>: col2im is the backward pass of im2col, for every stride.

    It holds too where windows do not fit evenly, which derivatives of convolutions were seen to
    miss: github.com/f-dangel/backpack, issue 30; PKUFlyingPig/CMU10-714, issue 6.
    """
    shape, *rest = size
    rng = np.random.default_rng(0)
    x = rng.normal(size=shape)
    col = module.im2col(x, *rest)
    c = rng.normal(size=col.shape)
    assert np.isclose(np.sum(col * c), np.sum(x * module.col2im(c, shape, *rest)))


@settings(max_examples=25, deadline=None)
@given(sizes())
def test_col2im_after_im2col_returns_each_pixel_as_often_as_it_is_used(module, size):
    """It is an inverse only where no window overlaps, and every pixel is in one.

    Asked by readers of the book: oreilly-japan/deep-learning-from-scratch, issues 27 (whose test
    wants the image back) and 30; hguomin/deep-learning-from-scratch, issue 2.
    """
    shape, filter_h, filter_w, stride, pad = size
    used = np.zeros((shape[2] + 2 * pad, shape[3] + 2 * pad))
    for top in range(0, used.shape[0] - filter_h + 1, stride):
        for left in range(0, used.shape[1] - filter_w + 1, stride):
            used[top : top + filter_h, left : left + filter_w] += 1
    used = used[pad : pad + shape[2], pad : pad + shape[3]]
    x = np.random.default_rng(0).normal(size=shape)
    col = module.im2col(x, filter_h, filter_w, stride=stride, pad=pad)
    assert np.allclose(
        module.col2im(col, shape, filter_h, filter_w, stride=stride, pad=pad), x * used
    )


@settings(max_examples=15, deadline=None)
@given(sizes(), st.integers(1, 3))
def test_the_gradients_of_a_layer_belong_to_its_output(module, size, number):
    """The layer is linear in x, W and b: each gradient times its array is dout times that part.

    Strides, heights and widths were seen to be forgotten, or swapped, on the way back:
    Kulbear/deep-learning-coursera, pull request 34; renmengye/np-conv2d, pull request 2.
    """
    shape, filter_h, filter_w, stride, pad = size
    rng = np.random.default_rng(0)
    x, W = rng.normal(size=shape), rng.normal(size=(number, shape[1], filter_h, filter_w))
    b = rng.normal(size=number)
    layer = module.Convolution(W, b, stride=stride, pad=pad)
    out = layer.forward(x)
    dout = rng.normal(size=out.shape)
    dx = layer.backward(dout)
    assert (dx.shape, layer.dW.shape, layer.db.shape) == (x.shape, W.shape, b.shape)
    by_bias = np.sum(layer.db * b)
    by_windows = np.sum(dout * out) - by_bias
    assert np.isclose(np.sum(dx * x), by_windows)
    assert np.isclose(np.sum(layer.dW * W), by_windows)
    assert np.allclose(layer.db, dout.sum(axis=(0, 2, 3)))


@settings(max_examples=25, deadline=None)
@given(sizes())
def test_the_reference_gives_what_the_book_gives(size):
    """The same numbers in the same order, so that exercise 12 may be written with either."""
    shape, *rest = size
    modules = []
    for way in ("reference", "book"):
        with importable({EXERCISE.module: read_module(WAYS[way])}):
            modules.append(importlib.import_module(EXERCISE.module))
    ours, theirs = modules
    x = np.random.default_rng(0).normal(size=shape)
    col = theirs.im2col(x, *rest)
    assert np.array_equal(ours.im2col(x, *rest), col)
    assert np.allclose(ours.col2im(col, shape, *rest), theirs.col2im(col, shape, *rest))


def test_im2col_returns_a_copy(module):
    """Also of a window as large as the image, where a view would do: nothing else writes into x."""
    x = np.arange(6.0).reshape(1, 1, 2, 3)
    for col in (module.im2col(x, 2, 3), module.im2col(x, 1, 1)):
        assert not np.shares_memory(col, x)
