"""What two pieces of code that fail a spec in the same way have in common."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader.mistakes.fingerprint import MAX_PARTS, MAX_SIZE, alike, fingerprint_of
from grader.specs.assertions import Mismatch
from grader.transport.in_process import InProcess
from grader.transport.student import Crashed, Student, StudentError, TimedOut
from grader.worker.exception_report import ExceptionReport, TracebackLine
from grader.worker.module_loader import importable
from grader.worker.source import Source
from grader.worker.wire import Opaque

ROW = np.array([1.0, 2.0, 3.0])
SHAPES = hnp.array_shapes(min_dims=0, max_dims=2, min_side=0, max_side=3)
KINDS = ["?", "i1", "i8", "u1", "u8", "f2", "f4", "f8", "c16"]
ARRAYS = st.sampled_from(KINDS).flatmap(lambda dtype: hnp.arrays(dtype, SHAPES))
WORDS = st.sampled_from(["", "a", "b"])
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),  # what can cross the wire
    st.floats(),
    WORDS,
    WORDS.map(Opaque),
    ARRAYS,
)
VALUES = st.recursive(
    LEAVES,
    lambda values: st.one_of(
        st.lists(values, max_size=3),
        st.lists(values, max_size=3).map(tuple),
        st.dictionaries(WORDS, values, max_size=3),
    ),
    max_leaves=5,
)


def fail_alike(one, other):
    """Whether two ends of a spec have one fingerprint; written down and read again, too."""
    one, other = fingerprint_of(one), fingerprint_of(other)
    answer = alike(one, other)
    assert alike(json.loads(json.dumps(one)), other) is answer
    return answer


def wrong(value, what="dx"):
    """The end of a spec that was answered with this."""
    return Mismatch(what, value, 0.0, "it differs")


def raised(name, message, *frames):
    """The end of a spec for which this was raised."""
    return StudentError(ExceptionReport(name, message, frames))


def are_alike(one, other):
    """Whether two values are; asked both ways, with one answer."""
    answer = fail_alike(wrong(one), wrong(other))
    assert fail_alike(wrong(other), wrong(one)) is answer
    return answer


# Values


@pytest.mark.parametrize(
    "value",
    [ROW, ROW > 1.5, np.arange(3), np.zeros((0, 2)), 1.5, 7, True, "text", None, [ROW, 1], (), {}],
    ids=repr,
)
def test_the_same_wrong_value_is_alike(value):
    """Whatever it is, and another copy of it."""
    copy = value.copy() if isinstance(value, np.ndarray) else value
    assert are_alike(value, copy)


@pytest.mark.parametrize("factor", [1 + 1e-15, 1 - 1e-15, 1 + 1e-9])
def test_rounding_is_no_difference(factor):
    """Two ways to write one formula."""
    assert are_alike(ROW, ROW * factor)
    assert are_alike(0.1, 0.1 * factor)
    assert are_alike(0.0, (factor - 1) / 10)


@pytest.mark.parametrize(
    "other",
    [
        ROW * 1.001,
        -ROW,
        np.array([1.0, 2.0, np.nan]),
        np.array([1.0, 2.0, np.inf]),
        ROW.astype(int),
        ROW > 0,
        ROW.astype(complex),
        ROW[:2],
        ROW[:, None],
        ROW[None, :],
        ROW[0],
        1.0,
        list(ROW),
        "text",
        None,
        Opaque("an array"),
    ],
    ids=repr,
)
def test_another_value_kind_or_shape_is_not_alike(other):
    """Even where NumPy would broadcast or convert it."""
    assert not are_alike(ROW, other)


def test_not_a_number_is_alike_in_the_same_place_only():
    """Both made the same of it; infinities have a sign."""
    assert are_alike(np.nan, float("nan"))
    assert are_alike(np.array([1.0, np.nan]), np.array([1.0, np.nan]))
    assert not are_alike(np.array([np.nan, 1.0]), np.array([1.0, np.nan]))
    assert are_alike(np.inf, np.inf)
    assert not are_alike(np.inf, -np.inf)
    assert not are_alike(np.nan, np.inf)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([ROW, ROW], [ROW]),
        ([ROW, 1.0], [1.0, ROW]),
        ((1.0, (2.0, 3.0)), (1.0, (2.0, 4.0))),
        ({"W1": ROW}, {"W2": ROW}),
        ({"W1": ROW}, {"W1": ROW, "b1": ROW}),
        ({"W1": ROW}, {"W1": -ROW}),
        ({"W1": [ROW]}, {"W1": [-ROW]}),
        ([], {}),
        (Opaque("a set"), Opaque("a module")),
        ("a", "b"),
        (True, 1),
        (1, 1.0),
        (None, 0),
    ],
    ids=str,
)
def test_containers_are_compared_part_by_part(one, other):
    """Another length, key, order or part deep inside makes them differ."""
    assert not are_alike(one, other)
    assert are_alike(one, one)
    assert are_alike(other, other)


def test_objects_are_alike_if_they_are_of_one_kind():
    """A layer returned in place of an array is never asked what it equals."""
    text = "class Relu:\n    def __eq__(self, other): 1 / 0\nclass Affine(Relu): pass\n"
    sources = {"layers": Source("/submission/layers.py", text)}
    with importable(sources):
        student = Student(InProcess(sources), "layers", 0)
        relu, again, affine = student.Relu(), student.Relu(), student.Affine()
        assert are_alike(relu, again)
        assert not are_alike(relu, 1.0)
        assert not are_alike(relu, None)
        assert not are_alike([relu], [affine, relu])


@given(VALUES)
def test_every_value_is_alike_to_itself(value):
    """NaN and empty arrays included."""
    assert are_alike(value, value)


@pytest.mark.filterwarnings("error")
@given(VALUES, VALUES)
def test_any_two_values_can_be_compared_either_way(one, other):
    """Nothing is raised, nothing warned of, and the order does not matter."""
    are_alike(one, other)


@given(ARRAYS, ARRAYS)
def test_arrays_of_two_shapes_are_never_alike(one, other):
    """Nothing is broadcast."""
    assume(one.shape != other.shape)
    assert not are_alike(one, other)


def test_where_rounding_ends_does_not_depend_on_the_order():
    """At the very edge of the tolerance as well."""
    for step in (1e-6, 1e-6 + 1e-9, 1e-6 + 1e-9 + 5e-13, 2e-6):
        are_alike(1.0, 1.0 + step)


# Ends


def test_one_value_at_two_places_is_not_alike():
    """What is wrong there is another thing."""
    assert fail_alike(wrong(ROW, "dW"), wrong(ROW, "dW"))
    assert not fail_alike(wrong(ROW, "dW"), wrong(ROW, "db"))


def test_exceptions_are_alike_by_what_nothing_was_assigned_to():
    """The text depends on the order of factors, and the type on what is done with it."""

    def raised(kind, message, unset):
        return fingerprint_of(StudentError(ExceptionReport(kind, message, (), unset=unset)))

    one = raised("TypeError", "unsupported operand type(s) for -", "Sigmoid.out")
    assert alike(one, raised("AttributeError", "no attribute 'T'", "Sigmoid.out"))
    assert not alike(one, raised("TypeError", "unsupported operand type(s) for -", "Relu.mask"))
    assert not alike(one, raised("TypeError", "unsupported operand type(s) for -", ""))


def test_exceptions_are_alike_by_type_and_message():
    """Not by the lines that raised them, which differ for each learner."""
    error = raised("ValueError", "shapes differ", TracebackLine("affine.py", 3, "x @ W"))
    assert fail_alike(
        error, raised("ValueError", "shapes differ", TracebackLine("affine.py", 9, "dot()"))
    )
    assert not fail_alike(error, raised("ValueError", "shapes agree"))
    assert not fail_alike(error, raised("TypeError", "shapes differ"))


@pytest.mark.parametrize(
    ("array", "mask"), [((4, 5), (7, 5)), ((6, 3, 6, 6), (6, 5)), ((7, 4), (7, 5))]
)
def test_an_array_that_does_not_fit_a_mask_is_alike_whether_it_is_multiplied_or_indexed(
    array, mask
):
    """Three known mistakes of 06 and 13 end in the learner's own Relu, which may do either."""
    dout, passed = np.ones(array), np.ones(mask, bool)

    def raised_by(calculate):
        with pytest.raises((IndexError, ValueError)) as error:
            calculate()
        report = ExceptionReport(error.typename, str(error.value), ())
        return fingerprint_of(StudentError(report))

    multiplied = raised_by(lambda: dout * passed)
    assert alike(multiplied, raised_by(lambda: dout[passed]))
    assert not alike(multiplied, raised_by(lambda: dout[np.ones((2, 2), bool)]))
    assert not alike(multiplied, raised_by(lambda: dout * np.ones((2, 2))))


ENDS = {
    "mismatch": wrong(ROW),
    "raised": raised("Mismatch", str(wrong(ROW))),
    "timed out": TimedOut("it took too long"),
    "crashed": Crashed("exit code 1"),
    "assertion": AssertionError("it does not fall"),
    "ours": RuntimeError("the spec did not run to its end"),
}


@pytest.mark.parametrize("one", ENDS)
@pytest.mark.parametrize("other", ENDS)
def test_ends_of_two_kinds_are_never_alike(one, other):
    """And those that say nothing of the code's answer are not alike to anything."""
    expected = one == other and one in ("mismatch", "raised")
    assert fail_alike(ENDS[one], ENDS[other]) is expected


# What is written down


def test_a_fingerprint_is_a_few_numbers_however_large_the_answer():
    """Nobody reads a gradient from it."""
    small = fingerprint_of(wrong(np.arange(6.0)))
    large = fingerprint_of(wrong(np.arange(3.0 * MAX_SIZE)))
    assert len(json.dumps(large)) < len(json.dumps(small)) + 50


@pytest.mark.parametrize(
    ("value", "other_end", "longer"),
    [
        ([1.0] * 3 * MAX_PARTS, [2.0], [1.0]),
        ([[1.0] * MAX_PARTS] * 3, [None], [None]),
        ("x" * 3 * MAX_PARTS, "y", "x"),
        ([np.ones(MAX_SIZE)] * 9, [np.zeros(MAX_SIZE)], [None]),
    ],
    ids=["numbers", "lists", "text", "arrays"],
)
def test_a_fingerprint_looks_at_a_bounded_part_of_an_answer(value, other_end, longer):
    """Beyond it only the number of parts, and the shapes of arrays, make a difference."""
    assert are_alike(value, value[:-1] + other_end)
    assert not are_alike(value, value + longer)
    assert len(json.dumps(fingerprint_of(wrong(value)))) < 200 * MAX_PARTS


def test_one_wrong_number_of_many_makes_another_fingerprint():
    """As when a single weight has the wrong gradient."""
    gradient = np.random.default_rng(0).normal(size=(784, 50))
    other = gradient.copy()
    other[391, 7] *= 1.5
    assert not are_alike(gradient, other)
    assert are_alike(gradient, gradient * (1 + 1e-13))


def test_small_numbers_count_beside_large_ones():
    """A loss of 1e3 beside it does not hide that a probability is another one."""
    assert not are_alike(np.array([1e3, 1e-2]), np.array([1e3, 1.1e-2]))
    assert are_alike(np.array([1e3, 1e-13]), np.array([1e3, 0.0]))


def test_where_an_object_lies_in_memory_is_no_part_of_it():
    """It lies elsewhere in every run."""
    first, second = (
        raised("TypeError", f"<Affine object at 0x7f{n}34a2b1c0> has no len") for n in (0, 1)
    )
    assert fail_alike(first, second)
