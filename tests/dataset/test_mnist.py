"""`load_mnist` and the IDX format."""

import inspect
import struct
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dataset.mnist import load_mnist, parse_idx


def idx(array):
    """Write an array of bytes as IDX."""
    return (
        bytes([0, 0, 8, array.ndim])
        + struct.pack(f">{array.ndim}I", *array.shape)
        + (array.tobytes())
    )


def test_images_are_rows_of_784_numbers_between_0_and_1(mnist):
    """By default an image is a row of float32 from 0.0 to 1.0, and a label an integer."""
    for (x, t), count in zip(mnist, (60_000, 10_000), strict=True):
        assert (x.shape, x.dtype) == ((count, 784), np.float32)
        assert (x.min(), x.max()) == (0.0, 1.0)
        assert (t.shape, t.dtype) == ((count,), np.int64)


def test_the_first_labels_are_the_known_ones(mnist):
    """Training begins with 5, 0, 4, 1, 9; the test with 7, 2, 1, 0, 4."""
    (_, t_train), (_, t_test) = mnist
    assert t_train[:5].tolist() == [5, 0, 4, 1, 9]
    assert t_test[:5].tolist() == [7, 2, 1, 0, 4]


def test_each_option_changes_what_it_says_and_nothing_else(mnist):
    """Raw pixels, channels and one-hot labels hold the same digits as the default does."""
    raw = load_mnist(normalize=False, flatten=False, one_hot_label=True)
    for (x, t), (x_raw, t_raw) in zip(mnist, raw, strict=True):
        assert (x_raw.shape, x_raw.dtype) == ((len(x), 1, 28, 28), np.float32)
        assert (x_raw.min(), x_raw.max()) == (0.0, 255.0)
        np.testing.assert_allclose(x_raw.reshape(len(x), 784)[:100], x[:100] * 255, rtol=1e-6)
        assert (t_raw.shape, t_raw.dtype) == ((len(t), 10), np.float32)
        np.testing.assert_array_equal(t_raw.sum(axis=1), 1.0)
        np.testing.assert_array_equal(t_raw.argmax(axis=1), t)


def test_options_may_be_given_by_position(mnist):
    """The order is the book's: normalize, flatten, one_hot_label."""
    (x, t), _ = load_mnist(False, False, True)
    assert (x.shape[1:], x.max(), t.shape[1:]) == ((1, 28, 28), 255.0, (10,))


def test_the_arrays_are_the_callers_own(mnist):
    """Writing into loaded data does not affect data loaded later."""
    (x, t), _ = load_mnist()
    x[0], t[0] = -1, -1
    (x_again, t_again), _ = load_mnist()
    assert (x_again[0].min(), t_again[0]) == (0.0, 5)


@pytest.mark.parametrize(
    ("keyword", "hint"),
    [
        ("one_hot_lable", "did you mean one_hot_label?"),
        ("normalise", "did you mean normalize?"),
        ("xyz", "it takes normalize, flatten, one_hot_label"),
    ],
)
def test_a_misspelt_keyword_is_told_the_right_one(keyword, hint):
    """A misspelt keyword is a TypeError that names it and the one that was meant."""
    with pytest.raises(TypeError) as caught:
        load_mnist(**{keyword: True})
    assert f"no argument {keyword}" in str(caught.value)
    assert hint in str(caught.value)


def test_editors_see_the_three_options():
    """The check for misspelt keywords does not hide the signature."""
    defaults = {p.name: p.default for p in inspect.signature(load_mnist).parameters.values()}
    assert defaults == {"normalize": True, "flatten": True, "one_hot_label": False}


@pytest.mark.usefixtures("mnist")
def test_cached_data_loads_without_any_network(connections):
    """Once the files are on this computer, loading them uses no network."""
    load_mnist()
    assert connections == []


@pytest.mark.usefixtures("mnist")
def test_neither_import_nor_a_warm_load_imports_what_downloads(root):
    """Slow imports that only downloads need happen only for downloads."""
    script = (
        "import sys; import dataset.mnist as m; m.load_mnist();"
        "print({'requests', 'rich'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=root, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "set()"


@given(hnp.arrays(np.uint8, st.one_of(*(hnp.array_shapes(min_dims=n, max_dims=n) for n in (1, 3)))))
@settings(deadline=None)
def test_idx_is_read_as_it_was_written(array):
    """Every array of bytes is read back with the same shape and values."""
    np.testing.assert_array_equal(parse_idx(idx(array), array.ndim), array)


@given(
    st.one_of(
        st.binary(),
        st.builds(lambda rest: bytes([0, 0, 8, 3]) + rest, st.binary()),
        st.builds(
            lambda sizes, rest: bytes([0, 0, 8, 3]) + bytes(sizes) + rest,
            st.tuples(*[st.sampled_from([0, 0, 0, 1, 2, 255])] * 12),
            st.binary(max_size=8),
        ),
    ),
    st.sampled_from([1, 3]),
)
@example(bytes([0, 0, 8, 3]) + struct.pack(">3I", 0, 2**32 - 1, 2**32 - 1), 3)
@example(bytes([0, 0, 8, 3]) + struct.pack(">3I", 2**32 - 1, 2**32 - 1, 2**32 - 1), 3)
@settings(deadline=None)
def test_any_bytes_are_an_array_or_a_value_error(content, ndim):
    """Any bytes give an array, or a ValueError that says what was expected and found."""
    try:
        array = parse_idx(content, ndim)
    except ValueError as error:
        told = str(error)
    else:
        assert idx(array) == content
        return
    assert "expected" in told
    assert "found" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "found nothing"),
        (bytes([0, 0, 8, 1]), "found 00 00 08 01"),
        (bytes([0, 0, 8, 3, 0]), "expected 16 bytes, found 5"),
        (
            idx(np.zeros((2, 3, 4), np.uint8))[:-1],
            "expected 2 × 3 × 4 bytes (at least one), found 23",
        ),
    ],
)
def test_a_broken_idx_file_says_what_is_wrong(content, told):
    """The error for an empty, wrong or truncated file has the expected and actual sizes."""
    with pytest.raises(ValueError, match="expected") as caught:
        parse_idx(content, 3)
    assert told in str(caught.value)
