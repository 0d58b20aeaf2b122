"""Assertions of specs: what matches, what does not, and what a mismatch reports."""

import re

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.specs.assertions import Mismatch, assert_matches
from grader.transport.in_process import InProcess
from grader.transport.student import Student, StudentError
from grader.worker import wire
from grader.worker.module_loader import importable
from grader.worker.source import Source

SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
DTYPES = st.one_of(
    hnp.boolean_dtypes(),
    hnp.integer_dtypes(),
    hnp.unsigned_integer_dtypes(),
    hnp.floating_dtypes(),
    hnp.complex_number_dtypes(),
)
ARRAYS = DTYPES.flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))


def mismatch(returned, expected, what="y", **tolerances):
    """Compare two values that must not match, and return the mismatch."""
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, expected, what, **tolerances)
    return caught.value


def nested(depth):
    """Return nested lists of four items each."""
    return [nested(depth - 1)] * 4 if depth else 1.0


@pytest.fixture
def layer():
    """Return a handle to an object on the learner's side."""
    text = (
        "import numpy as np\n"
        "class Layer:\n"
        "    def __init__(self):\n"
        "        self.dW, self.db, self.dx, self.Dx = np.ones((2, 2)), 1.0, None, 2.0\n"
        "        self.none = None\n"
        "    def backward(self, dout=None): return dout\n"
    )
    sources = {"layers": Source("/submission/layers.py", text)}
    with importable(sources):
        yield Student(InProcess(sources), "layers", 0).Layer()


# Matches


@given(ARRAYS)
def test_an_array_matches_itself(array):
    """Any array of numbers or booleans without NaN does, with infinities or without elements."""
    assume(not np.isnan(array).any())
    assert_matches(array, array.copy())


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (1.0, 1.0),
        (200, 200.0),
        (np.float64(2.0), 2.0),
        (np.array(2.0), 2.0),
        (np.int64(200), 200.0),
        (1.0 + 1e-12, 1.0),
        (np.float32(0.5), 0.5),
        (np.ones(2, np.float32), np.ones(2)),
        (np.arange(3, dtype=np.int32), np.arange(3)),
        (np.arange(3, dtype=np.uint8), np.arange(3)),
        (True, True),
        (np.bool_(True), True),
        ((1.0, 2.0), (1.0, 2.0)),
        ([1.0, 2.0], (1.0, 2.0)),
        ((1.0, (2.0, np.ones(2))), (1.0, (2.0, np.ones(2)))),
        ({"W": 1.0, "more": 2}, {"W": 1.0}),
        ((), ()),
    ],
    ids=repr,
)
def test_equivalent_types_match(returned, expected):
    """Other widths of the same kind, lists for tuples, and an integer for a single float match."""
    assert_matches(returned, expected)


def test_the_tolerances_are_those_that_were_given():
    """Both tolerances apply, to the items of a tuple or dict too."""
    assert_matches(({"a": np.array([1.05])},), ({"a": np.array([1.0])},), rtol=0.1)
    assert_matches(({"a": np.array([0.05])},), ({"a": np.array([0.0])},), atol=0.1)
    mismatch(({"a": np.array([1.05])},), ({"a": np.array([1.0])},), rtol=0.01)
    mismatch(1.0 + 1e-6, 1.0)


def test_a_handle_is_read_and_compared_by_value(layer):
    """An attribute can be compared without reading it first."""
    assert_matches(layer.dW, np.ones((2, 2)), "dW")
    assert "4 of 4 values" in str(mismatch(layer.dW, np.zeros((2, 2))).difference)


def test_answers_are_compared_by_value(layer):
    """Answers of calls match alone and within containers."""
    assert_matches(layer.backward(4.0), 4.0)
    assert_matches((layer.backward(4.0), {"db": layer.backward(1.0)}), (4.0, {"db": 1.0}))
    assert_matches(4.0, layer.backward(4.0))
    assert mismatch(layer.backward(2.0), 4.0).returned == 2.0
    with pytest.raises(Mismatch, match="nothing was returned") as caught:
        assert_matches(layer.backward(), 4.0, "dx")
    assert caught.value.returned is None


def test_a_mismatch_of_a_spec_holds_values():
    """It holds no answers, because it is formatted much later."""
    sources = {"layers": Source("/submission/layers.py", "def f(): return 2.0\n")}
    with importable(sources):
        error = Mismatch("y", [Student(InProcess(sources), "layers", 0).f()], ..., "odd")
        assert type(error.returned[0]) is type(error.args[1][0]) is float


def test_an_attribute_that_is_none_is_reported_with_those_that_are_set(layer):
    """Which one was set in its place is found later."""
    error = mismatch(layer.dx, 1.0)
    assert str(error.difference).endswith("nothing was assigned to it")
    assert error.missing.name == "dx"
    assert "Dx" in error.missing.names


def test_a_missing_attribute_is_reported_after_an_earlier_mismatch(layer):
    """A wrong dW before a misspelt db is reported as the wrong dW."""
    with pytest.raises(Mismatch, match="4 of 4 values"):
        assert_matches(layer.dW, np.zeros((2, 2)), "dW")
    with pytest.raises(StudentError, match="Layer has no dB"):
        assert_matches(layer.dB, 1.0, "db")


# Mismatches


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=1, max_dims=3, max_side=4),
        elements=st.floats(-1e6, 1e6),
    ),
    st.sampled_from([1e-3, -1e-3, np.nan, np.inf, 1e9]),
    st.data(),
)
def test_a_changed_element_is_found_and_named(expected, change, data):
    """The difference has its index and says that one value is wrong."""
    place = data.draw(st.tuples(*(st.integers(0, n - 1) for n in expected.shape)))
    returned = expected.copy()
    returned[place] += change * (1 + abs(returned[place]))
    difference = str(mismatch(returned, expected).difference)
    assert f"1 of {expected.size} values; the first at [{', '.join(map(str, place))}]" in difference


@given(ARRAYS, ARRAYS)
def test_another_shape_never_matches(one, other):
    """Neither shapes that broadcast nor empty arrays match."""
    assume(one.shape != other.shape)
    difference = str(mismatch(one, other).difference)
    assert difference.startswith(f"shape {one.shape} instead of {other.shape}")


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (1.0, np.ones((3, 3))),
        (np.ones(3), np.ones((1, 3))),
        (np.ones((3, 1)), np.ones((3, 3))),
        (np.ones(1), 1.0),
        (np.zeros((0, 3)), np.zeros((3, 0))),
        (np.zeros(0), np.ones(3)),
    ],
    ids=repr,
)
def test_what_numpy_would_broadcast_does_not_match(returned, expected):
    """`assert_allclose` treats the first of these as equal."""
    difference = str(mismatch(returned, expected).difference)
    assert difference.startswith(f"shape {np.shape(returned)} instead of {np.shape(expected)}")


@pytest.mark.parametrize(
    ("returned", "expected", "told"),
    [
        (np.arange(3), np.arange(3.0), "integers instead of floats"),
        (np.arange(3.0), np.arange(3), "floats instead of integers"),
        (np.ones(2, bool), np.ones(2), "booleans instead of floats"),
        (np.ones(2), np.ones(2, bool), "floats instead of booleans"),
        (np.ones(2, int), np.ones(2, bool), "integers instead of booleans"),
        (np.ones(2, complex), np.ones(2), "complex numbers instead of floats"),
        (np.zeros((0, 3), int), np.zeros((0, 3)), "integers instead of floats"),
        (True, 1.0, "booleans instead of floats"),
        (1.0, 1, "floats instead of integers"),
        (1, True, "integers instead of booleans"),
    ],
    ids=repr,
)
def test_another_kind_of_number_does_not_match(returned, expected, told):
    """Equal values and empty arrays of another kind do not match either."""
    assert str(mismatch(returned, expected).difference) == told


@pytest.mark.parametrize(
    ("returned", "expected"),
    [
        (np.nan, 1.0),
        (1.0, np.nan),
        (np.nan, np.nan),
        (np.array([1.0, np.nan]), np.array([1.0, 2.0])),
        (np.array([1.0, np.nan]), np.array([1.0, np.nan])),
        (np.array([1.0, complex("nan")]), np.array([1.0, 1j])),
    ],
    ids=repr,
)
def test_nan_never_matches(returned, expected):
    """NaN does not match even NaN: a spec that expects it is wrong."""
    assert "nan" in str(mismatch(returned, expected).difference)


@pytest.mark.parametrize(
    ("returned", "expected"), [(np.inf, 1.0), (-np.inf, np.inf), (1.0, np.inf), (1e300, np.inf)]
)
def test_infinity_matches_only_itself(returned, expected):
    """An overflow does not match a finite number."""
    mismatch(returned, expected)
    mismatch(np.array([returned]), np.array([expected]))


@pytest.mark.parametrize("expected", [1.0, np.ones(2), (1.0, 2.0), {"W": 1.0}], ids=repr)
def test_a_forgotten_return_is_reported(expected):
    """None instead of any expected value is the most common failure."""
    assert "is a `return` missing?" in str(mismatch(None, expected).difference)


def test_a_forgotten_return_within_a_tuple_is_reported_with_its_place():
    """The part that is None is named."""
    error = mismatch((1.0, None), (1.0, 2.0), "(dx, dy)")
    assert error.place == "(dx, dy)[1]"
    assert "return" in str(error.difference)


@pytest.mark.parametrize("returned", ["1.0", [1.0], (1.0,), {"a": 1.0}, wire.Opaque("x")], ids=repr)
def test_what_is_not_a_number_does_not_match_one(returned):
    """Text, containers, and values that could not be sent do not match numbers or arrays."""
    assert str(mismatch(returned, 1.0).difference).startswith("a number was expected")
    assert str(mismatch(returned, np.ones(1)).difference).startswith("an array was expected")


def test_an_object_does_not_match(layer):
    """An object in place of its result, or within a tuple, is shown by its type."""
    error = mismatch(layer, np.ones(2))
    assert str(error.difference) == "an array was expected"
    assert "an object of type Layer" in str(error)
    assert "an object of type Layer" in str(mismatch((1.0, layer), (1.0, 1.0)))


@pytest.mark.parametrize("returned", [1.0, np.ones(2), {"a": 1.0, "b": 1.0}, "ab"], ids=repr)
def test_what_is_not_a_tuple_does_not_match_one(returned):
    """An array of two values is not a tuple of two values."""
    assert str(mismatch(returned, (1.0, 1.0)).difference) == "2 values were expected"


@pytest.mark.parametrize("returned", [(), (1.0,), (1.0, 2.0, 3.0)], ids=repr)
def test_too_few_or_too_many_values_do_not_match(returned):
    """Both numbers are reported."""
    difference = str(mismatch(returned, (1.0, 2.0)).difference)
    assert difference == f"2 values were expected, not {len(returned)}"


def test_a_wrong_item_of_a_container_is_reported_with_its_place():
    """Indices and keys add up in nested containers."""
    error = mismatch({"W1": (1.0, 3.0)}, {"W1": (1.0, 2.0)}, "grads")
    assert error.place == "grads['W1'][1]"
    assert str(error.difference) == "3.0 instead of 2.0"


@pytest.mark.parametrize("near", ["w1", "dW1", "dw1", "W_1", "grad_W1"])
def test_a_missing_key_is_reported_with_the_one_in_its_place(near):
    """A gradient may be kept under the name of the derivative."""
    told = f"the key 'W1' is missing; there is {near!r}: is that the one?"
    assert str(mismatch({near: 1.0, "b1": 1.0}, {"W1": 1.0, "b1": 1.0}).difference) == told


@pytest.mark.parametrize("others", [["W2"], ["W"], ["b1"], ["dW2"], ["w1", "dW1_"], [1]])
def test_a_missing_key_is_reported_alone_in_doubt(others):
    """No other parameter is offered, nor one of two."""
    returned = dict.fromkeys(others, 1.0)
    difference = str(mismatch({**returned, "b2": 1.0}, {"W1": 1.0, "b2": 1.0}).difference)
    assert "is that the one" not in difference or others == ["w1", "dW1_"]


def test_none_in_a_dict_is_not_a_forgotten_return():
    """It is said of the item, not of the function."""
    assert str(mismatch({"W1": None}, {"W1": 1.0}).difference) == "it is None"
    told = "it is None; there is 'dW1': is that the one?"
    assert str(mismatch({"W1": None, "dW1": 1.0}, {"W1": 1.0}).difference) == told


@pytest.mark.parametrize(
    ("returned", "expected", "told"),
    [
        ((1.0,), 1.0, "it is a tuple of one"),
        ((np.ones(2),), np.ones(2), "it is a tuple of one"),
        ([1.0], 1.0, "it is a list of the right numbers"),
        ([1.0, 2.0], np.array([1.0, 2.0]), "it is a list of the right numbers"),
        ([[1.0], [2.0]], np.array([[1.0], [2.0]]), "it is a list of the right numbers"),
        ([3.0, 2.0], np.array([1.0, 2.0]), "it is a list of 2"),
        ([1.0, "x"], 1.0, "it is a list of 2"),
        ((1.0, 2.0, 3.0), 1.0, "it is a tuple of 3"),
        ([[1.0], [2.0, 3.0]], np.ones(3), "it is a list of 2"),
    ],
)
def test_what_was_returned_in_place_of_numbers_is_named(returned, expected, told):
    """A comma too many, and a list in place of an array, are frequent."""
    assert str(mismatch(returned, expected).difference).endswith(told)


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (63.6, "63.6 instead of 0.636; it is 100 times what it should be, like a percentage"),
        (0.00636, "0.00636 instead of 0.636; it is 1/100 of what it should be"),
        (63.5, "63.5 instead of 0.636"),
        (np.inf, "inf instead of 0.636"),
    ],
)
def test_a_percentage_in_place_of_a_share_is_named(returned, told):
    """Only the factor 100 itself."""
    assert str(mismatch(returned, 0.636).difference) == told


def test_a_missing_key_is_reported():
    """Its name is reported; a value that is not a dict is reported too."""
    assert str(mismatch({"b1": 1.0}, {"W1": 1.0}).difference) == "the key 'W1' is missing"
    assert str(mismatch((1.0,), {"W1": 1.0}).difference) == "a dict was expected"


# Messages


def test_the_message_shows_both_values_and_where_they_differ():
    """It has what was checked, both values with dtype and shape, and the index."""
    returned = np.array([[1.0, 2.0], [3.0, 4.5]])
    expected = np.array([[1.0, 2.0], [3.0, 4.0]])
    message = str(mismatch(returned, expected, "dW after backward"))
    rows = re.findall(r"^(\w+) +(.*)$", message, re.MULTILINE)
    assert [label for label, _ in rows] == ["checked", "returned", "expected", "differs"]
    told = dict(rows)
    assert told["checked"] == "dW after backward"
    assert told["returned"] == told["expected"] == "float64, shape (2, 2)"
    assert "4.5" in message
    assert told["differs"] == "1 of 4 values; the first at [1, 1]: 4.5 instead of 4"


def test_without_a_name_the_message_leaves_it_out():
    """The message has no empty row."""
    assert "checked" not in str(mismatch(1.0, 2.0, ""))


def test_lines_of_a_value_are_aligned_below_each_other():
    """An array of several lines reads as one block."""
    lines = str(mismatch(np.eye(3), np.zeros((3, 3)))).splitlines()
    start = lines.index("returned  float64, shape (3, 3)")
    assert all(line.startswith(" " * 10) for line in lines[start + 1 : start + 4])


def test_a_mismatch_has_its_parts_as_attributes():
    """The diagnosis reads the attributes, not the message."""
    returned, expected = np.ones(2), np.zeros(2)
    error = mismatch(returned, expected, "db")
    assert isinstance(error, AssertionError)
    assert error.place == "db"
    assert error.returned is returned
    assert error.expected is expected


# What all wrong values have in common

EXPECTED = np.array([[1.0, -2.0, 3.0], [4.0, 5.0, -6.0], [0.0, 8.0, 9.0]])


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        (-EXPECTED, "all have the wrong sign"),
        (3 * EXPECTED, "all are 3 times what they should be"),
        (EXPECTED / 4, "all are 1/4 of what they should be"),
        (EXPECTED.T, "it is transposed"),
        (EXPECTED[None], "the numbers are right"),
        (EXPECTED.reshape(9), "the numbers are right"),
    ],
    ids=["sign", "factor", "fraction", "transposed", "axis", "flat"],
)
def test_what_all_wrong_values_have_in_common_is_reported(returned, told):
    """It explains more than the first wrong value."""
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, EXPECTED)
    assert told in " ".join(str(caught.value).split())


@pytest.mark.parametrize(
    "returned",
    [
        np.zeros((3, 3)),
        EXPECTED + 1,
        np.where(EXPECTED > 8, -EXPECTED, EXPECTED),
        np.full((3, 3), np.nan),
        np.full((3, 3), np.inf),
        EXPECTED.reshape(9)[:8],
        EXPECTED[:, ::-1].reshape(9),
    ],
    ids=["zeros", "offset", "one", "nan", "inf", "fewer", "reversed"],
)
def test_without_anything_in_common_there_is_no_description(returned):
    """For example, one wrong sign among other errors is not reported as a wrong sign."""
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, EXPECTED)
    told = str(caught.value.difference)
    assert not any(word in told for word in ("sign", "times", "transposed", "right"))


@pytest.mark.parametrize(
    ("what", "named"),
    [
        ("(dx, dy)", "dx"),
        ("(dx, dy) of the first layer", "dx of the first layer"),
        ("gradients", "gradients[0]"),
        ("f(x, y)", "f(x, y)[0]"),
        ("(dx)", "(dx)[0]"),
    ],
)
def test_an_item_of_a_tuple_is_named_if_the_spec_names_it(what, named):
    """The message has "dx" instead of "(dx, dy)[0]"."""
    error = mismatch((1.0, 2.0), (3.0, 2.0), what)
    assert str(error).splitlines()[0] == f"checked   {named}"


def test_a_difference_does_not_repeat_the_rows_above():
    """For two numbers, it is shown only if it says more than the numbers."""
    assert "differs" not in str(mismatch(1.0, 2.5))
    assert "differs" in str(mismatch(np.ones(2), np.zeros(2)))
    assert "differs" in str(mismatch("text", 1.0))


def test_two_numbers_are_shown_with_the_digits_that_differ():
    """If the first eight digits are equal, all digits are shown."""
    one = np.array([3.6712270001234567, 1.0])
    told = str(mismatch(one, one + 1e-13, rtol=0, atol=0).difference)
    assert f"{one[0]} instead of {one[0] + 1e-13}" in told
    assert "[1]: 1 instead of 2" in str(mismatch(np.ones(2), np.array([1.0, 2.0])).difference)


def test_the_expected_value_may_be_described_in_words_only():
    """A spec does so where many values are correct."""
    told = str(Mismatch("the losses", 1.5, ..., "4 iterations should give as many numbers"))
    assert told.splitlines() == [
        "checked   the losses",
        "returned  1.5",
        "differs   4 iterations should give as many numbers",
    ]


def test_the_image_with_the_first_wrong_number_is_shown():
    """The others of a batch are right: a learner who saw those would look in vain."""
    expected = np.zeros((2, 3, 2, 2))
    returned = expected.copy()
    returned[1, 2, 0, 1] = 5
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, expected, "dx")
    told = str(caught.value)
    assert "returned  float64, shape (2, 3, 2, 2); at [1, 2]:\n          [[0. 5.]" in told
    assert "expected  float64, shape (2, 3, 2, 2); at [1, 2]:\n          [[0. 0.]" in told
    assert "the first at [1, 2, 0, 1]: 5 instead of 0" in told
