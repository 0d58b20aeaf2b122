"""What a mistake looks like in code, however the code is written."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.mistakes.traces import MAX_CODE, MAX_TRACES, Traces, read_traces, traces_of

RIGHT = '''
import numpy as np


class Affine:
    """A layer."""

    def backward(self, dout: np.ndarray) -> np.ndarray:
        """Compute the gradients."""
        dx = np.dot(dout, self.W.T)
        self.db: np.ndarray = np.sum(dout, axis=0)
        return dx
'''
SUM, MEAN = "np.sum(dout, axis=0)", "np.mean(dout, axis=0)"
AVERAGED = traces_of(RIGHT, RIGHT.replace(SUM, MEAN), "Affine.backward")


def backward(*lines):
    """A class in which these are the lines of backward."""
    return "class Affine:\n    def backward(self, grad):\n" + "".join(
        f"        {x}\n" for x in lines
    )


@pytest.mark.parametrize(
    "line",
    [
        "self.db = np.mean(grad, axis=0)",
        "self.db = grad.mean(axis=0)",
        "self.db = numpy.mean(grad, axis=0)  # over the samples",
    ],
)
def test_code_with_the_mistake_looks_like_it(line):
    """Another name for the argument, a method instead of a function, no docstring."""
    assert AVERAGED.evidence(backward(line)) == 1


def test_code_that_is_right_at_its_place_does_not():
    """It cannot be the reason, whatever the rest of the code does."""
    assert AVERAGED.evidence(RIGHT) == -1
    assert AVERAGED.evidence(backward("self.db = grad.sum(axis=0)", "return 1")) == -1


def test_right_code_that_works_on_another_argument_may_be_the_mistake():
    """`dout = dout / N` in the line before makes a mean of the sum."""
    assert AVERAGED.evidence(backward("grad = grad / 2", "self.db = np.sum(grad, axis=0)")) > -1


@pytest.mark.parametrize(
    "code", ["", "def f(", "\0", "\ud800", "class Affine:\n    pass", "def backward(self, x): pass"]
)
def test_code_without_the_place_or_that_is_none_says_nothing(code):
    """Nor does code that Python cannot parse."""
    assert AVERAGED.evidence(code) == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x * y", "y * x"),
        ("x + y", "y + x"),
        ("np.dot(x, y)", "x @ y"),
        ("x.dot(y)", "np.matmul(x, y)"),
        ("np.max(x)", "x.max()"),
    ],
)
def test_two_ways_to_write_one_formula_are_the_same(one, other):
    """Nothing is added, and nothing removed."""
    code = "def f(x, y):\n    return {}\n"
    assert traces_of(code.format(one), code.format(other), "f") == Traces(AVERAGED_F)


AVERAGED_F = traces_of("def f(): pass", "def f(): pass", "f").place


@pytest.mark.parametrize(
    ("one", "other"), [("x - y", "y - x"), ("x @ y", "y @ x"), ("x / y", "y / x"), ("x", "y")]
)
def test_another_order_is_another_formula_where_it_matters(one, other):
    """A difference, a matrix product, a quotient."""
    code = "def f(x, y):\n    return {}\n"
    found = traces_of(code.format(one), code.format(other), "f")
    assert found.added
    assert found.removed


def test_names_of_local_variables_make_no_difference():
    """Those of attributes do: they are asked for by name."""
    code = "def f(x):\n    {0} = 2 * x\n    return {0}\n"
    same = traces_of(code.format("a"), code.format("b"), "f")
    assert same.added == same.removed == ()
    other = traces_of(code.format("self.a"), code.format("self.b"), "f")
    assert other.added


def test_traces_are_written_and_read_back():
    """They hold no line of a solution, only digests."""
    assert read_traces(AVERAGED.written()) == AVERAGED
    assert set(AVERAGED.written()) <= set("0123456789 /")
    with pytest.raises(ValueError, match="unpack"):
        read_traces("1 2 3")


def test_few_traces_are_kept():
    """Also of a mistake that replaces everything."""
    long = "def f(x):\n" + "".join(f"    self.a{n} = {n} * x\n" for n in range(200))
    found = traces_of("def f(x):\n    pass\n", long, "f")
    assert len(found.added) == MAX_TRACES


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000 + ")" * 5000,
        "x = " + "+".join("1" * 20_000),
        "x = " + "[" * 90 + "1," * 20_000 + "]" * 90,
        "x = " + "-" * 40_000 + "1",
        "a." * 20_000 + "a",
        "x = 1\n" * 8000,
        "x = 1\n" * MAX_CODE,
    ],
    ids=range(7),
)
def test_code_that_is_made_to_take_long_is_read_in_part_or_not_at_all(code):
    """Deep, long or wide: no exception leaves, and the work has a bound."""
    whole = f"class Affine:\n    def backward(self, dout):\n        {code}\n"
    assert AVERAGED.evidence(whole) <= 0


@given(st.text(alphabet="xy=+*()[]:. \n1,@defclass", max_size=80))
def test_no_code_makes_it_fail(code):
    """Whatever can be parsed, or cannot."""
    whole = "def f(x):\n    " + code
    assert -1 <= Traces(AVERAGED_F, ("1",), ("2",)).evidence(whole) <= 1
    try:
        ast.parse(whole)
    except (SyntaxError, ValueError):
        assert traces_of(whole, whole, "f").added == ()
