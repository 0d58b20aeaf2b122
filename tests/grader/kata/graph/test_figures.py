"""Values shown in few characters."""

import numpy as np
import pytest

from grader.kata.graph.figures import in_words, lines


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (220.00000000000003, "220"),
        (110.00000000000001, "110"),
        (1.1, "1.1"),
        (12345, "12345"),
        (0.00012345, "0.0001234"),
        (1e9, "1e+09"),
        (-0.0, "0"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
    ],
)
def test_a_number_has_four_digits(number, text):
    """Enough to compare with numbers calculated on paper."""
    assert lines(number) == [text]
    assert in_words(number) == text


def test_a_small_array_shows_its_shape_and_all_its_numbers():
    """In columns in the picture, in brackets in words."""
    array = np.array([[1.0, -0.5], [-2.0, 12.3456]])
    assert lines(array) == ["(2, 2)", " 1  -0.5", "-2  12.3"]
    assert in_words(array) == "(2, 2) [[1, -0.5], [-2, 12.3]]"
    assert lines(np.arange(3)) == ["(3,)", "0  1  2"]
    assert in_words(np.arange(3)) == "(3,) [0, 1, 2]"


@pytest.mark.parametrize(
    ("array", "text"),
    [
        (np.linspace(-1, 2, 100).reshape(20, 5), "-1 to 2"),
        (np.array([1.0, np.nan] * 5), "nan to nan"),
        (np.zeros((0, 3)), "empty"),
        (np.zeros((2, 2, 2)), "0 to 0"),
    ],
)
def test_any_other_array_shows_its_shape_and_its_range(array, text):
    """A hundred numbers would fill the picture."""
    assert lines(array) == [str(array.shape), text]
    assert in_words(array) == f"{array.shape} {text}"
