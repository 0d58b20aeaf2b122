"""Display of values for learners."""

import numpy as np
import pytest

from grader.specs.display import show
from grader.worker import wire


def nested(depth):
    """Return nested lists of four items each."""
    return [nested(depth - 1)] * 4 if depth else 1.0


@pytest.mark.parametrize(
    ("value", "parts"),
    [
        (None, ["None"]),
        (1.5, ["1.5"]),
        ("text", ["'text'"]),
        (np.float64(2.5), ["2.5"]),
        (np.array(2.5), ["float64", "shape ()", "2.5"]),
        (np.zeros((2, 3), np.float32), ["float32", "shape (2, 3)", "[[0."]),
        (np.zeros((0, 3)), ["shape (0, 3)"]),
        (wire.Opaque("an array of dtype object"), ["an array of dtype object"]),
        ((1.5, None), ["a tuple of 2", "[0] 1.5", "[1] None"]),
        ({"W": 1.5}, ["a dict of 1", "['W'] 1.5"]),
        ([], ["an empty list"]),
    ],
    ids=repr,
)
def test_values_are_shown_with_their_type(value, parts):
    """Each kind of value has its own form."""
    assert all(part in str(show(value)) for part in parts)


@pytest.mark.parametrize(
    "value",
    [
        np.zeros((100, 100)),
        np.zeros((7, 7, 7, 7, 7)),
        nested(8),
        "x" * 10_000,
        list(range(1000)),
        {str(i): np.zeros((50, 50)) for i in range(50)},
        {"x" * 10_000: 1.0},
        wire.Opaque("x" * 10_000),
    ],
    ids=["wide", "deep", "nested", "text", "list", "dict", "key", "words"],
)
def test_a_large_value_is_shortened(value):
    """Only a few of ten thousand numbers are shown."""
    shown = str(show(value))
    assert len(shown) < 4000
    assert "..." in shown or "; at [0, 0, 0]:" in shown


def test_of_a_batch_of_images_the_one_that_is_wrong_is_shown_as_an_image():
    """Numbers of 11 to 13 have four axes: as a single row, a learner could not read them."""
    batch = np.arange(24.0).reshape(2, 3, 2, 2)
    assert str(show(batch, (1, 2, 0, 1))) == (
        "float64, shape (2, 3, 2, 2); at [1, 2]:\n[[20. 21.]\n [22. 23.]]"
    )
    assert "at [0, 0]:\n[[0. 1.]" in str(show(batch))
    assert str(show(np.eye(2)[None, None])) == "float64, shape (1, 1, 2, 2)\n[[1. 0.]\n [0. 1.]]"
    assert "shape (0, 3, 2, 2)" in str(show(np.zeros((0, 3, 2, 2))))


def test_zero_has_no_sign():
    """A product with a mask makes -0, which is of no interest."""
    assert str(show(np.array([-0.0, -1.0]))).endswith("[ 0. -1.]")


@pytest.mark.parametrize("shape", [(2,) * 14, (4,) * 7, (16_384,), (128, 128)], ids=str)
def test_only_a_few_numbers_of_a_large_array_are_formatted(shape):
    """An array with many short axes must not keep the judge busy."""
    formatted = []

    def count(number):
        formatted.append(number)
        return str(number)

    with np.printoptions(formatter={"float_kind": count}):
        show(np.zeros(shape))
    assert len(formatted) < 1000
