"""Values as Python that makes them again."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.pytest_plugin.programs.python_text import MAX_SIZE, Unprintable, literal_of, python_of


def no_large(array):
    raise AssertionError(f"{array.size} numbers")


def made(text):
    """What Python makes of a text."""
    return eval(text, {"np": np})


_ARRAYS = arrays.arrays(
    st.sampled_from([np.float64, np.float32, np.int64, np.int8, np.bool_]),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


@given(_ARRAYS)
def test_an_array_is_made_again_to_the_last_bit(array):
    """NaN, infinities, signed zeros, empty arrays and other types among them."""
    again = made(python_of(array, no_large))
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert np.array_equal(again, array, equal_nan=array.dtype.kind == "f")
    assert np.array_equal(np.signbit(again), np.signbit(array)) or array.dtype.kind != "f"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda items: (
            st.lists(items) | st.lists(items).map(tuple) | st.dictionaries(st.text(), items)
        ),
    )
)
def test_plain_values_are_made_again(value):
    """In containers, too."""
    assert made(python_of(value, no_large)) == value


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.zeros((3, 4)), "np.zeros((3, 4))"),
        (np.full(20, 0.5), "np.full((20,), 0.5)"),
        (np.eye(3)[[2, 0, 1, 1]], "np.eye(3)[[2, 0, 1, 1]]"),
        (np.tile([[1.0, 2.5]], (60, 1)), "np.tile(np.array([[1.0, 2.5]]), (60, 1))"),
        (np.zeros((3, 3), np.float32), "np.zeros((3, 3), dtype=np.float32)"),
        (np.array([1.5, np.inf]), "np.array([1.5, np.inf])"),
    ],
)
def test_regular_arrays_are_short(array, text):
    """As a person would write them."""
    assert python_of(array, no_large) == text
    assert np.array_equal(made(text), array)


def test_large_arrays_are_left_to_the_caller():
    """Unless they are regular."""
    large = np.arange(MAX_SIZE + 1.0)
    assert python_of(large, lambda array: f"load({array.size})") == f"load({MAX_SIZE + 1})"
    assert np.array_equal(made(literal_of(large)), large)


@pytest.mark.parametrize("value", [object(), {1, 2}, [object()], np.array(["a"])])
def test_other_values_are_not_written(value):
    """Nothing else can be read back."""
    with pytest.raises(Unprintable):
        python_of(value, no_large)
