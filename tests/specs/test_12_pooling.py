"""The spec of 12: the pooling layer.

Expected values come from one window at a time, cut out of the input. Many inputs have one channel,
or one window, so that a mistake in the order of axes, or in the windows, breaks few promises.
"""

import numpy as np
import pytest

from grader.specs.assertions import assert_matches

ONE_WINDOW = 4, 3, 2, 2  # with a window of 2 x 2: no stride, and no order of windows, can be wrong


def distinct(rng, *shape):
    """Positive numbers, no two of them equal."""
    size = np.prod(shape)
    return (1 + rng.permutation(size) / size).reshape(shape)


def peaked(rng, *shape):
    """Like `distinct`, but the largest number is infinite: there, a difference says nothing."""
    x = distinct(rng, *shape)
    x.flat[x.argmax()] = np.inf
    return x


def draw(rng, x, pool_h, pool_w, stride):
    """A random upstream gradient for the windows of x."""
    return rng.normal(size=pooled(x, pool_h, pool_w, stride).shape)


def windows(x, pool_h, pool_w, stride):
    """Each window, in all samples and channels: where its output is, and its rows and columns."""
    for i, top in enumerate(range(0, x.shape[2] - pool_h + 1, stride)):
        for j, left in enumerate(range(0, x.shape[3] - pool_w + 1, stride)):
            yield np.s_[:, :, i, j], np.s_[:, :, top : top + pool_h, left : left + pool_w]


def pooled(x, pool_h, pool_w, stride):
    """What forward returns."""
    out_h = len(range(0, x.shape[2] - pool_h + 1, stride))
    maxima = [x[window].max(axis=(2, 3)) for _, window in windows(x, pool_h, pool_w, stride)]
    return np.stack(maxima, axis=-1).reshape(*x.shape[:2], out_h, -1)


def routed(x, dout, pool_h, pool_w, stride):
    """What backward returns, if no two numbers of a window are equal."""
    dx = np.zeros(x.shape)
    for place, window in windows(x, pool_h, pool_w, stride):
        is_maximum = x[window] == x[window].max(axis=(2, 3), keepdims=True)
        dx[window] += is_maximum * dout[place][..., None, None]
    return dx


def has_shape(dx, shape):
    """Whether dx is an array of numbers of this shape."""
    return isinstance(dx, np.ndarray) and dx.shape == shape and dx.dtype.kind in "fiu"


def settled(dx, x, dout):
    """Return dx, made right where it is wrong, for inputs of one window that may have ties.

    It is right in a window if all of dout is at maxima: at one of them, or shared.
    """
    is_maximum = x == x.max(axis=(2, 3), keepdims=True)
    first = is_maximum.reshape(*x.shape[:2], -1).argmax(axis=2)[..., None, None]
    at_first = dout * (np.arange(4).reshape(2, 2) == first)
    if not has_shape(dx, x.shape):
        return at_first
    is_kept = np.isclose(dx.sum(axis=(2, 3)), dout[..., 0, 0])
    is_elsewhere = np.any((dx != 0) & ~is_maximum, axis=(2, 3))
    return np.where((is_kept & ~is_elsewhere)[..., None, None], dx, at_first)


def assert_pools(student, rng, shape, pool_h, pool_w, stride):
    """Compare what forward returns for random input."""
    __tracebackhide__ = True
    x = distinct(rng, *shape)
    layer = student.Pooling(pool_h, pool_w, stride)
    assert_matches(layer.forward(x), pooled(x, pool_h, pool_w, stride), "forward(x)")


def assert_routes(student, rng, shape, pool_h, pool_w, stride):
    """Compare what backward returns for random input."""
    __tracebackhide__ = True
    x = peaked(rng, *shape)
    dout = draw(rng, x, pool_h, pool_w, stride)
    layer = student.Pooling(pool_h, pool_w, stride)
    layer.forward(x)
    assert_matches(layer.backward(dout), routed(x, dout, pool_h, pool_w, stride), "dx")


@pytest.mark.core
def test_Pooling_works_through_the_example(student, rng):
    """The example of the docstring gives [[4, 5]], then the dx that it shows."""
    layer = student.Pooling(2, 2)
    x = np.array([[[[1.0, 4.0, 2.0], [3.0, 0.0, 5.0]]]])
    assert_matches(layer.forward(x), np.array([[[[4.0, 5.0]]]]), "forward(x)")
    dout = np.array([[[[10.0, 20.0]]]])
    dx = np.array([[[[0.0, 10.0, 0.0], [0.0, 0.0, 20.0]]]])
    assert_matches(layer.backward(dout), dx, "dx")
    x = peaked(rng, 1, 1, 2, 3)
    dout = draw(rng, x, 2, 2, 1)
    assert_matches(layer.forward(x), pooled(x, 2, 2, 1), "forward(x)")
    assert_matches(layer.backward(dout), routed(x, dout, 2, 2, 1), "dx")


@pytest.mark.core(points=2)
def test_Pooling_forward_returns_the_maximum_of_each_window(student, rng):
    """Pooling.forward returns the largest number of each window."""
    assert_pools(student, rng, (2, 1, 6, 6), 2, 2, 2)


@pytest.mark.core
def test_Pooling_forward_finds_maxima_below_zero(student, rng):
    """Where all numbers of a window are negative, its maximum is negative."""
    x = rng.uniform(-9, -1, size=ONE_WINDOW)
    assert_matches(student.Pooling(2, 2, 2).forward(x), pooled(x, 2, 2, 2), "forward(x)")


@pytest.mark.core(points=2)
def test_Pooling_forward_moves_the_window_by_the_stride(student, rng):
    """The stride may differ from the window: windows overlap, or leave gaps."""
    for size, pool, stride in [(5, 3, 1), (7, 3, 2), (8, 2, 3)]:
        assert_pools(student, rng, (2, 1, size, size), pool, pool, stride)


@pytest.mark.core
def test_Pooling_height_and_width_may_differ(student, rng):
    """Height and width may differ, of the window as well as of the input."""
    for height, width, pool_h, pool_w in [(6, 4, 2, 2), (6, 6, 3, 2), (4, 6, 1, 3)]:
        assert_pools(student, rng, (2, 1, height, width), pool_h, pool_w, 1)


@pytest.mark.core
def test_Pooling_leaves_out_the_edge_that_no_window_reaches(student, rng):
    """What no whole window reaches does not count, and gets the gradient 0."""
    for size, pool, stride in [(7, 2, 2), (8, 3, 3)]:
        x = distinct(rng, 2, 1, size, size)
        layer = student.Pooling(pool, pool, stride)
        assert_matches(layer.forward(x), pooled(x, pool, pool, stride), "forward(x)")
        dout = draw(rng, x, pool, pool, stride)
        dx = layer.backward(dout)
        expected = routed(x, dout, pool, pool, stride)
        if has_shape(dx, x.shape):  # what is not at the edge is another promise
            expected[:, :, :-1, :-1] = dx[:, :, :-1, :-1]
        assert_matches(dx, expected, "dx")


@pytest.mark.core
def test_Pooling_forward_pools_each_channel_of_each_sample(student, rng):
    """Each channel of each sample is pooled by itself, and stays in its place."""
    assert_pools(student, rng, (3, 3, 4, 4), 2, 2, 1)


@pytest.mark.core(points=2)
def test_Pooling_backward_sends_dout_to_the_maximum(student, rng):
    """Pooling.backward sends each number of dout to the maximum of its window."""
    assert_routes(student, rng, (2, 3, 6, 6), 2, 2, 2)


@pytest.mark.core(points=2)
def test_Pooling_backward_adds_where_windows_overlap(student, rng):
    """A number that is the maximum of several windows gets the sum of their dout."""
    for size, pool in [(5, 3), (6, 2)]:
        assert_routes(student, rng, (2, 1, size, size), pool, pool, 1)


@pytest.mark.core
def test_Pooling_backward_of_ties_keeps_the_sum(student, rng):
    """If maxima of a window are equal, one of them gets dout, or they share it."""
    x = rng.integers(2, size=ONE_WINDOW) * rng.uniform(1, 3, size=(4, 3, 1, 1))
    x[0, 0] = 0  # all four, as on paper without ink
    x[1, :, 0, 1] = x[1, :, 1, 0] = 3
    dout = draw(rng, x, 2, 2, 2)
    layer = student.Pooling(2, 2, 2)
    layer.forward(x)
    dx = layer.backward(dout)
    assert_matches(dx, settled(dx, x, dout), "dx")
    assert_routes(student, rng, ONE_WINDOW, 2, 2, 2)


@pytest.mark.core
def test_Pooling_starts_each_pass_afresh(student, rng):
    """Each pass starts afresh: nothing of an earlier one is left, or adds up."""
    layer = student.Pooling(2, 2, 2)
    for n in (4, 2):
        x = peaked(rng, n, 3, 2, 2)
        layer.forward(x)
        for _ in range(2):
            dout = draw(rng, x, 2, 2, 2)
            assert_matches(layer.backward(dout), routed(x, dout, 2, 2, 2), "dx")


@pytest.mark.core
def test_Pooling_keeps_its_maxima_to_itself(student, rng):
    """Two Pooling layers do not mix up their windows or maxima."""
    sizes = [(2, 3), (3, 2)]
    inputs = [peaked(rng, 4, 3, *size) for size in sizes]
    layers = [student.Pooling(*size) for size in sizes]
    for layer, x in zip(layers, inputs, strict=True):
        layer.forward(x)
    for layer, x, size in zip(layers, inputs, sizes, strict=True):
        dout = draw(rng, x, *size, 1)
        assert_matches(layer.backward(dout), routed(x, dout, *size, 1), "dx")


@pytest.mark.stretch
def test_Pooling_pads_each_channel(student, rng):
    """pad adds a frame to each channel, of which dx has no part."""
    for size, pool, stride in [(4, 2, 2), (4, 3, 1)]:
        x = distinct(rng, 2, 3, size, size)  # above 0: no number of the frame is a maximum
        padded = np.zeros((2, 3, size + 2, size + 2))
        padded[:, :, 1:-1, 1:-1] = x
        dout = draw(rng, padded, pool, pool, stride)
        layer = student.Pooling(pool, pool, stride, pad=1)
        assert_matches(layer.forward(x), pooled(padded, pool, pool, stride), "forward(x)")
        dx = routed(padded, dout, pool, pool, stride)[:, :, 1:-1, 1:-1]
        assert_matches(layer.backward(dout), dx, "dx")


@pytest.mark.stretch
def test_Pooling_leaves_what_it_was_given_alone(student, rng):
    """Neither forward nor backward of Pooling writes into x or dout."""
    values = distinct(rng, 2, 3, 4, 4)
    gradient = draw(rng, values, 2, 2, 2)
    x, dout = student.array(values), student.array(gradient)
    layer = student.Pooling(2, 2, 2)
    assert_matches(layer.forward(x), pooled(values, 2, 2, 2), "forward(x)")
    assert_matches(layer.backward(dout), routed(values, gradient, 2, 2, 2), "dx")
    assert_matches(x, values, "x, after backward(dout)")
    assert_matches(dout, gradient, "dout, after backward(dout)")
