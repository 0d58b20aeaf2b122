"""Statements that do not do what they seem to, and others that only look like them."""

import pytest

from grader.worker.hints.slips import find_slip

CODE = """import math
import numpy as np


class Relu:
    def forward(self, x):
        {line}
        return x


def other(x):
    x.copy
"""


def slip_in(line, spec="test_Relu_forward_works"):
    return str(find_slip("a.py", CODE.format(line=line), spec))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("it.iternext", "`it.iternext` is not called: write `it.iternext()`"),
        ("y = x.copy", "`x.copy` is not called: write `x.copy()`"),
        ("y = np.exp(x - x.max)", "`x.max` is not called: write `x.max()`"),
        ("return self.grad.sum", "`self.grad.sum` is not called: write `self.grad.sum()`"),
        ("y = list(layers.values)", "`layers.values` is not called"),
        ("self.x == x", "`self.x == x` only compares: = assigns"),
        ("self.x = x,", "the comma at the end makes a tuple of one"),
        ("self.x: object = x,", "the comma at the end makes a tuple of one"),
        ("return (x + 1),", "the comma at the end makes a tuple of one"),
        ("self.W, = x", "the comma before = takes the value apart"),
    ],
)
def test_a_slip_is_found_with_its_line(line, told):
    """The first one counts."""
    assert slip_in(f"{line}\n        x.sum").startswith(f"a.py:7: {told}")


@pytest.mark.parametrize(
    "line",
    [
        "y = x.copy()",
        "y = x.T + x.shape[0]",
        "f = x.dot; y = f(x)",
        "y = map(x.dot, x)",
        "y = sorted(x, key=x.item)",
        "y = self.copy",
        "y = np.max",
        "y = math.prod",
        "y = Layer.copy",
        "x.sum = 1",
        "self.x = (x,)",
        "self.x = x, x",
        "W, = self.params",
        "y = x == 1",
        "'a text'",
        "...",
        "x < y",
    ],
)
def test_what_only_looks_like_a_slip_is_none(line):
    """Nor is what another function does."""
    assert slip_in(line) == ""


def test_only_what_the_spec_names_is_examined():
    """What is wrong elsewhere is not why this promise breaks."""
    assert slip_in("x.copy", "test_Sigmoid_forward") == ""
    assert slip_in("pass", "test_other").startswith("a.py:12: ")
    assert slip_in("pass", "test_others") == ""


@pytest.mark.parametrize("text", ["(" * 500, "x = 1\0", "x = '\udc80'", "class Relu(:", "-" * 9999])
def test_code_that_cannot_be_read_has_no_slip(text):
    """Why it cannot be read has been said."""
    assert find_slip("a.py", text, "test_Relu") == ""
