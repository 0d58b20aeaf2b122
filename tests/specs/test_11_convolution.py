"""The spec of 11: im2col, col2im and the convolution layer."""

import numpy as np
import pytest

from grader.messages.message import phrase
from grader.specs.assertions import assert_matches

N, C, H, W = 2, 3, 6, 8
FN, FH, FW = 4, 2, 3
SHAPES = (N, C, H, W), (FN, C, FH, FW)
SINGLE = (1, 1, 1, 1), (1, 1, 1, 1)  # all are single numbers: no order of axes can be wrong


def walk(shape, filter_h, filter_w, stride=1, pad=0):
    """Yield the positions of a filter: row and column of the map, and slices of the padded image.

    They are found by walking, not by the formula for their number.
    """
    height, width = shape[2] + 2 * pad, shape[3] + 2 * pad
    for i, top in enumerate(range(0, height - filter_h + 1, stride)):
        for j, left in enumerate(range(0, width - filter_w + 1, stride)):
            yield i, j, slice(top, top + filter_h), slice(left, left + filter_w)


def framed(x, pad):
    """The images with zeros around them."""
    n, c, h, w = x.shape
    out = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    out[:, :, pad : pad + h, pad : pad + w] = x
    return out


def cut(x, pad):
    """The images without their frame."""
    return x[:, :, pad : x.shape[2] - pad, pad : x.shape[3] - pad]


def windows(x, filter_h, filter_w, stride=1, pad=0):
    """What im2col returns."""
    images = framed(x, pad)
    positions = list(walk(x.shape, filter_h, filter_w, stride, pad))
    return np.array([image[:, r, c].ravel() for image in images for _, _, r, c in positions])


def sums(col, shape, filter_h, filter_w, stride=1, pad=0):
    """What col2im returns: each row is added where it came from."""
    images, rows = framed(np.zeros(shape), pad), iter(col)
    positions = list(walk(shape, filter_h, filter_w, stride, pad))
    for image in images:
        for _, _, r, c in positions:
            image[:, r, c] += next(rows).reshape(-1, filter_h, filter_w)
    return cut(images, pad)


def draw(rng, shapes=SHAPES, stride=1, pad=0):
    """Images, filters, biases and an upstream gradient."""
    images, filters = shapes
    *_, (rows, columns, _, _) = walk(images, *filters[2:], stride, pad)
    return (
        rng.normal(size=images),
        rng.normal(size=filters),
        rng.normal(size=filters[0]),
        rng.normal(size=(images[0], filters[0], rows + 1, columns + 1)),
    )


def maps(x, filters, b, stride=1, pad=0):
    """What forward returns: window by window, filter by filter."""
    images = framed(x, pad)
    positions = list(walk(x.shape, *filters.shape[2:], stride, pad))
    out = np.zeros((len(x), len(filters), positions[-1][0] + 1, positions[-1][1] + 1))
    for i, j, r, c in positions:
        for f, (weights, bias) in enumerate(zip(filters, b, strict=True)):
            out[:, f, i, j] = np.sum(images[:, :, r, c] * weights, axis=(1, 2, 3)) + bias
    return out


def gradients(x, filters, dout, stride=1, pad=0):
    """What backward returns, and sets: each position adds its share."""
    images = framed(x, pad)
    dx, dW = np.zeros_like(images), np.zeros_like(filters)
    for i, j, r, c in walk(x.shape, *filters.shape[2:], stride, pad):
        for n, f in np.ndindex(dout.shape[:2]):
            dW[f] += dout[n, f, i, j] * images[n, :, r, c]
            dx[n, :, r, c] += dout[n, f, i, j] * filters[f]
    return {"dx": cut(dx, pad), "dW": dW, "db": np.einsum("nfij->f", dout)}


def assert_gradients(layer, dout, expected, *names, **exact):
    """Call backward, and compare what it returns, and sets, with what it should be."""
    __tracebackhide__ = True
    dx = layer.backward(dout)
    for name in names:
        if name == "dx":
            assert_matches(dx, expected[name], name, **exact)
        else:
            assert_matches(getattr(layer, name), expected[name], f"{name} after backward", **exact)


def assert_formula(student, rng, *names, shapes=SHAPES, stride=1, pad=0):
    """Check gradients of which a difference of two outputs, or a tiny step, says nothing.

    The biases are infinite, and so is each output, but no gradient depends on them. And x and W are
    so small that they vanish where they are multiplied by a tiny step; so do dx and dW.
    """
    __tracebackhide__ = True
    x, filters, b, dout = draw(rng, shapes, stride, pad)
    x, filters = 1e-300 * x, 1e-300 * filters
    layer = student.Convolution(filters, np.full_like(b, np.inf), stride=stride, pad=pad)
    layer.forward(x)
    dx, expected = layer.backward(dout), gradients(x, filters, dout, stride, pad)
    for name in names:
        returned = dx if name == "dx" else getattr(layer, name)
        what = phrase("{name}, where b is infinite and x and W are tiny", name=name)
        exact = {"atol": 1e-9} if name == "db" else {"atol": 1e-311}
        assert_matches(returned, expected[name], what, **exact)


@pytest.mark.core
def test_im2col_rows_are_the_windows(student, rng):
    """Each row of im2col is a window, from left to right and from top to bottom."""
    x = np.arange(1.0, 7.0).reshape(1, 1, 2, 3)
    example = np.array([[1.0, 2.0, 4.0, 5.0], [2.0, 3.0, 5.0, 6.0]])
    assert_matches(student.im2col(x, 2, 2), example, "im2col(x, 2, 2)")
    x = rng.normal(size=(1, 1, 4, 6))
    assert_matches(student.im2col(x, 2, 3), windows(x, 2, 3), "im2col(x, 2, 3)")


@pytest.mark.core
def test_im2col_takes_image_by_image_and_channel_by_channel(student, rng):
    """im2col takes one image after another; a row, one channel after another.

    Seen: channels and windows mixed up; ravin-d-27/PyDeepFlow, issue 84.
    """
    x = rng.normal(size=(2, 3, 2, 2))
    assert_matches(student.im2col(x, 2, 2), windows(x, 2, 2), "im2col(x, 2, 2)")
    x = rng.normal(size=(3, 2, 3, 4))
    assert_matches(student.im2col(x, 2, 2), windows(x, 2, 2), "im2col(x, 2, 2)")


@pytest.mark.core
def test_im2col_moves_by_stride_over_the_padded_image(student, rng):
    """im2col moves by stride, adds pad zeros around, and omits what does not fit.

    Seen: the stride of one axis used for the other; jefkine/zeta-learn, issue 4.
    """
    x = rng.normal(size=(1, 1, 7, 6))
    stepped, padded = student.im2col(x, 3, 2, stride=3), student.im2col(x, 3, 2, pad=1)
    assert_matches(stepped, windows(x, 3, 2, stride=3), "im2col(x, 3, 2, stride=3)")
    assert_matches(padded, windows(x, 3, 2, pad=1), "im2col(x, 3, 2, pad=1)")
    both = student.im2col(x, 2, 3, stride=2, pad=2)
    assert_matches(both, windows(x, 2, 3, 2, 2), "im2col(x, 2, 3, stride=2, pad=2)")


@pytest.mark.core(points=2)
def test_col2im_adds_where_windows_overlap(student, rng):
    """col2im adds: a pixel gets the sum of all its places in the windows.

    Readers ask why it does not assign: oreilly-japan/deep-learning-from-scratch, issue 27;
    hguomin/deep-learning-from-scratch, issue 2.
    """
    counts = np.array([[[[1.0, 2.0, 1.0], [2.0, 4.0, 2.0], [1.0, 2.0, 1.0]]]])
    added = student.col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)
    assert_matches(added, counts, "col2im(np.ones((4, 4)), (1, 1, 3, 3), 2, 2)")
    shape = 1, 1, 4, 6
    col = rng.normal(size=(3 * 4, 2 * 3))
    assert_matches(student.col2im(col, shape, 2, 3), sums(col, shape, 2, 3), "col2im(col, ...)")


@pytest.mark.core(points=2)
def test_col2im_puts_each_row_where_im2col_took_it(student, rng):
    """col2im puts each row back into its image, channel and place; no pad is left."""
    for shape, filter_h, filter_w, stride, pad in [
        ((2, 3, 4, 6), 2, 2, 2, 0),
        ((1, 2, 8, 7), 2, 1, 3, 0),
        ((3, 1, 5, 7), 2, 3, 3, 1),
    ]:
        x = rng.normal(size=shape)
        col = windows(x, filter_h, filter_w, stride, pad)
        returned = student.col2im(col, shape, filter_h, filter_w, stride=stride, pad=pad)
        expected = sums(col, shape, filter_h, filter_w, stride, pad)  # x, where a window is
        what = phrase(
            "col2im(col, {shape}, {h}, {w}, stride={stride}, pad={pad})",
            shape=str(shape),
            h=filter_h,
            w=filter_w,
            stride=stride,
            pad=pad,
        )
        assert_matches(returned, expected, what)


@pytest.mark.core
def test_Convolution_works_through_the_example(student, rng):
    """The example of the docstring gives out, dx, dW and db as it says."""
    x = np.arange(9.0).reshape(1, 1, 3, 3)
    layer = student.Convolution(np.array([[[[1.0, 2.0], [0.0, 1.0]]]]), np.array([10.0]))
    out = np.array([[[[16.0, 20.0], [28.0, 32.0]]]])
    assert_matches(layer.forward(x), out, "forward(x)")
    expected = {
        "dx": np.array([[[[1.0, 2.0, 0.0], [0.0, 11.0, 20.0], [0.0, 0.0, 10.0]]]]),
        "dW": np.array([[[[40.0, 51.0], [73.0, 84.0]]]]),
        "db": np.array([11.0]),
    }
    assert_gradients(layer, np.array([[[[1.0, 0.0], [0.0, 10.0]]]]), expected, "dx", "dW", "db")
    shapes = (1, 1, 3, 3), (1, 1, 2, 2)
    x, filters, b, dout = draw(rng, shapes)
    layer = student.Convolution(filters, b)
    assert_matches(layer.forward(x), maps(x, filters, b), "forward(x)")
    assert_gradients(layer, dout, gradients(x, filters, dout), "dx", "dW", "db")
    assert_formula(student, rng, "dx", "dW", "db", shapes=shapes)


@pytest.mark.core(points=2)
def test_Convolution_forward_is_each_window_times_each_filter_plus_its_bias(student, rng):
    """Convolution.forward: each filter times each window, all channels, plus b."""
    x, filters, b, _ = draw(rng)
    assert_matches(student.Convolution(filters, b).forward(x), maps(x, filters, b), "forward(x)")


@pytest.mark.core
def test_Convolution_db_sums_dout_of_each_filter(student, rng):
    """Convolution.backward sets db: for each filter, the sum of its dout.

    Seen: one sum over everything, in a reader's copy of the book's layer.
    """
    for shapes in [SHAPES, ((3, 1, 3, 3), (3, 1, 1, 1))]:  # in the second, all axes of dout are 3
        x, filters, b, dout = draw(rng, shapes)
        layer = student.Convolution(filters, b)
        layer.forward(x)
        assert_gradients(layer, dout, gradients(x, filters, dout), "db")
    assert_formula(student, rng, "db")


@pytest.mark.core(points=2)
def test_Convolution_dW_sums_the_windows_times_dout(student, rng):
    """Convolution.backward sets dW: the sum of all windows, each times its dout.

    Seen: a gradient turned upside down, in a published course that told of it afterwards
    (end-to-end-machine-learning, course 321, postscript of lecture 2.7).
    """
    x, filters, b, dout = draw(rng)
    layer = student.Convolution(filters, b)
    layer.forward(x)
    assert_gradients(layer, dout, gradients(x, filters, dout), "dW")
    assert_formula(student, rng, "dW")


@pytest.mark.core(points=2)
def test_Convolution_dx_sums_the_filters_times_dout(student, rng):
    """Convolution.backward returns dx: filters times dout, added where they were."""
    x, filters, b, dout = draw(rng)
    layer = student.Convolution(filters, b)
    layer.forward(x)
    assert_gradients(layer, dout, gradients(x, filters, dout), "dx")
    assert_formula(student, rng, "dx")


@pytest.mark.core(points=2)
def test_Convolution_honours_stride_and_pad(student, rng):
    """Convolution honours stride and pad, in forward and in all gradients.

    Seen: stride forgotten on the way back; Kulbear/deep-learning-coursera, pull request 34. Windows
    that do not fit evenly: PKUFlyingPig/CMU10-714, issue 6; f-dangel/backpack, issue 30.
    """
    shapes = (1, 1, 6, 7), (1, 1, 3, 2)
    for stride, pad in [(2, 0), (1, 1), (3, 2)]:
        x, filters, b, dout = draw(rng, shapes, stride, pad)
        layer = student.Convolution(filters, b, stride=stride, pad=pad)
        what = phrase("forward(x) with stride {stride} and pad {pad}", stride=stride, pad=pad)
        assert_matches(layer.forward(x), maps(x, filters, b, stride, pad), what)
        expected = gradients(x, filters, dout, stride, pad)
        assert_gradients(layer, dout, expected, "dx", "dW", "db")
    assert_formula(student, rng, "dx", "dW", "db", shapes=shapes, stride=2, pad=1)


@pytest.mark.core
def test_Convolution_keeps_the_very_arrays_it_was_given(student, rng):
    """Convolution keeps W and b themselves: a change in place reaches forward."""
    x, filters, b, _ = draw(rng, SINGLE)
    _, new_filters, new_b, _ = draw(rng, SINGLE)
    their_filters, their_b = student.array(filters), student.array(b)
    layer = student.Convolution(their_filters, their_b)
    layer.forward(x)
    their_filters[...] = new_filters
    their_b[...] = new_b
    changed = "forward(x), after W and b were changed in place"
    assert_matches(layer.forward(x), maps(x, new_filters, new_b), changed)


@pytest.mark.core
def test_Convolution_keeps_its_state_to_itself_and_starts_afresh(student, rng):
    """Two layers share nothing, and each backward replaces the gradients before."""
    given = [draw(rng, SINGLE), draw(rng, SINGLE)]
    layers = [student.Convolution(filters, b) for _, filters, b, _ in given]
    for _ in range(2):
        rounds = [(draw(rng, SINGLE), filters) for _, filters, _, _ in given]
        for layer, ((x, *_), _) in zip(layers, rounds, strict=True):
            layer.forward(x)
        for layer, ((x, _, _, dout), filters) in zip(layers, rounds, strict=True):
            assert_gradients(layer, dout, gradients(x, filters, dout), "dx", "dW", "db")
    what = phrase("{call}, after backward", call="forward(x)")
    for layer, (x, filters, b, _) in zip(layers, given, strict=True):
        assert_matches(layer.forward(x), maps(x, filters, b), what)  # no step was taken meanwhile
    assert_formula(student, rng, "dx", "dW", "db", shapes=SINGLE)


@pytest.mark.stretch
def test_Convolution_leaves_what_it_was_given_alone_and_keeps_float32(student, rng):
    """Nothing that is given is changed, and float32 stays float32."""
    values = [value.astype(np.float32) for value in draw(rng)]
    x, filters, b, dout = (student.array(value) for value in values)
    layer = student.Convolution(filters, b)
    single = {"rtol": 1e-4, "atol": 1e-4}
    out = layer.forward(x)
    assert_matches(out, maps(*values[:3]), "forward(x)", **single)
    dx, expected = layer.backward(dout), gradients(values[0], values[1], values[3])
    assert_matches(dx, expected["dx"], "dx", **single)
    for name, array, value in zip(
        ("x", "W", "b", "dout"), (x, filters, b, dout), values, strict=True
    ):
        assert_matches(array, value, phrase("{name}, after backward(dout)", name=name))
    found = {"forward(x)": out, "dx": dx, "dW": layer.dW[...], "db": layer.db[...]}
    for name, array in found.items():
        is_single = np.asarray(array).dtype == np.float32
        assert_matches(is_single, True, phrase("whether {name} is float32, as x is", name=name))
