"""Descriptions of wrong answers, each of which must be true."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.specs.differences import MAX_DESCRIBED, tell_shape, tell_values

NUMBERS = st.floats(-1e3, 1e3).map(lambda x: round(x, 3))
SHAPES = hnp.array_shapes(min_dims=1, max_dims=2, min_side=1, max_side=4)
EXPECTED = np.array([[1.5, -2.5, 3.5], [4.5, 5.5, -6.5]])
ROW = np.array([1.5, -2.5, 4.0])


def tell(array, expected):
    """Describe two arrays of the same shape."""
    return str(tell_values(array, expected, ~np.isclose(array, expected)))


def one_off(*places):
    """Return the right answer with some values changed."""
    array = EXPECTED.copy()
    for place in places:
        array[place] += 1 + array[place] ** 2
    return array


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (-EXPECTED, "all have the wrong sign"),
        (EXPECTED / 5, "all are 1/5 of what they should be"),
        (EXPECTED * 2, "all are 2 times what they should be"),
        (EXPECTED + 3, "all are off by 3"),
        (np.trunc(EXPECTED), "all are cut off to whole numbers"),
        (EXPECTED.astype(int), "all are cut off to whole numbers"),
        (one_off((1, 0), (1, 2)), "only row 1 is wrong"),
        (one_off((0, 2), (1, 2)), "only column 2 is wrong"),
        (one_off((0, 0), (1, 2)), ""),
        (EXPECTED * (1 + 2e-4), ""),
        (0 * EXPECTED, ""),
        (np.full((2, 3), np.nan), ""),
        (EXPECTED * 1e-310, ""),
        (EXPECTED > 0, ""),
    ],
)
def test_what_all_wrong_numbers_have_in_common_is_described(array, told):
    """The description is empty if they have nothing in common."""
    assert tell(array, EXPECTED) == told


def test_a_square_answer_may_be_transposed():
    """The shape alone does not reveal that."""
    square = np.arange(9.0).reshape(3, 3)
    assert tell(square.T, square) == "it is transposed"


@pytest.mark.parametrize(
    ("array", "expected", "told"),
    [
        (EXPECTED.T, EXPECTED, "it is the right answer, transposed"),
        (ROW[None], ROW, "the numbers are right"),
        (np.float64(ROW.sum()), ROW, "it is the sum of all that was expected"),
        (np.float64(ROW.mean()), ROW, "it is the mean of all that was expected"),
        (np.tile(ROW, (3, 1)), ROW, "it is the right answer, repeated"),
        (np.tile(ROW[:, None], (1, 3)), ROW, "it is the right answer, repeated"),
        (np.zeros((2, 2)), ROW, ""),
        (np.broadcast_to(ROW, (MAX_DESCRIBED, 3)), ROW, ""),
        (np.zeros(0), ROW, ""),
    ],
)
def test_an_answer_of_another_shape_is_described(array, expected, told):
    """For example, one axis too many was summed over."""
    assert str(tell_shape(array, expected)) == told


CLAIMS = {
    r"it is transposed": lambda a, e, _: np.allclose(a.T, e),
    r"only where 0 is expected": lambda a, e, _: np.allclose(a[e != 0], e[e != 0]),
    r"all have the wrong sign": lambda a, e, _: np.allclose(a, -e),
    r"all are 1/(\d+) of what .*": lambda a, e, n: np.allclose(a * float(n), e),
    r"all are (\S+) times what .*": lambda a, e, n: np.allclose(a, float(n) * e, 1e-4, 1e-14),
    r"all are cut off to whole numbers": lambda a, e, _: np.array_equal(a, np.trunc(e)),
    r"all are off by (\S+)": lambda a, e, n: np.allclose(a - e, float(n), 1e-4, 1e-8),
    r"only row (\d+) is wrong": lambda a, e, n: np.allclose(
        np.delete(a, int(n), 0), np.delete(e, int(n), 0)
    ),
    r"only column (\d+) is wrong": lambda a, e, n: np.allclose(
        np.delete(a, int(n), 1), np.delete(e, int(n), 1)
    ),
}
CHANGES = [
    lambda a: -a,
    lambda a: a / 4,
    lambda a: a * 3.5,
    lambda a: a + 2,
    np.trunc,
    lambda a: a.T if a.T.shape == a.shape else a[::-1],
    lambda a: np.where(np.arange(a.size).reshape(a.shape) < a.shape[-1], a + 1, a),
    lambda a: a * a,
    lambda a: a * 1e-310,
    lambda a: np.where(a == 0, 0.5, a),
    lambda a: 1e-13 * np.arange(1, a.size + 1).reshape(a.shape) ** 2,
]


@pytest.mark.filterwarnings("error")
@given(hnp.arrays(float, SHAPES, elements=NUMBERS), st.sampled_from(CHANGES))
def test_each_description_is_true(expected, change):
    """It holds for any numbers, including zeros, and any change."""
    array = change(expected)
    assume(not np.allclose(array, expected))
    told = tell(array, expected)
    for pattern, holds in CLAIMS.items():
        if found := re.fullmatch(pattern, told):
            assert holds(array, expected, found[1] if found.groups() else None)
            return
    assert told == ""


@pytest.mark.filterwarnings("error")
@given(hnp.arrays(float, SHAPES), hnp.arrays(float, SHAPES))
def test_any_two_arrays_can_be_described(array, expected):
    """Infinities, NaN and empty arrays cause neither exceptions nor warnings."""
    if array.shape == expected.shape:
        tell(array, expected) if array.size else None
    else:
        str(tell_shape(array, expected))


def test_one_number_alone_has_no_factor():
    """Any number is a multiple of another: 12 once said "all are -7.0774 times" of one of six."""
    expected = np.array([0.0, 0.188, 0.0])
    wrong = np.array([False, True, False])
    assert "times" not in str(tell_values(expected * -7.0774, expected, wrong))
