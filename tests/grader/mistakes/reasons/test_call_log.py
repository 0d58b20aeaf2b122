"""What was called, in one line of a message."""

from pathlib import Path

import numpy as np
import pytest

from grader.course.modules import read_modules
from grader.course.settings import find_course
from grader.judging.judge import Judge
from grader.messages.language import speaking, tell
from grader.mistakes.catalogue import make, read_mistakes
from grader.mistakes.reasons.call_log import (
    MAX_COLUMNS,
    called_in,
    calls_in_line,
    steps_of,
    variable_of,
)
from grader.transport.in_process import InProcess
from grader.transport.judged import Judged
from grader.transport.student import Asked, Student
from grader.worker.module_loader import importable
from grader.worker.source import Source
from grader.worker.wire import Reference

ROOT = Path(__file__).parents[3]
COURSE = find_course(ROOT)

CODE = """
class MulLayer:
    def __init__(self, *start):
        self.d = None
    def forward(self, x, y=1):
        return x * y
    def backward(self, dout):
        return dout, dout

def f(x):
    return x
"""


@pytest.fixture
def student():
    sources = {"ex": Source("ex.py", CODE)}
    with importable(sources):
        yield Student(InProcess(sources), "ex", 0)


def line(student):
    """The line on the last request."""
    return str(calls_in_line(Asked(student.log, len(student.log) - 1)))


def test_a_call_is_told_with_its_inputs(student):
    """Numbers are rounded; a first call shows how the object was made."""
    student.MulLayer().forward(100, 2.123456789)
    assert line(student) == "MulLayer().forward(100, 2.12346)"
    student.f(np.array([[1.0, 2.5]]))
    assert line(student) == "f([[1, 2.5]])"


def test_the_calls_before_on_the_same_object_are_told(student):
    """Not those on others; in the language that is spoken."""
    one, other = student.MulLayer(3), student.MulLayer()
    one.forward(1.5, y=2)
    other.forward(7, 7)
    one.backward(1)
    assert line(student) == "MulLayer(3).forward(1.5, y=2), then .backward(1)"
    with speaking("zh-CN"):
        told = tell(calls_in_line(Asked(student.log, len(student.log) - 1)))
    assert told == "MulLayer(3).forward(1.5, y=2)，然后.backward(1)"


def test_what_one_call_returned_to_another_is_told_as_a_call(student):
    """A worker need not tell the value for it."""
    student.f(student.MulLayer().forward(100, 2))
    assert line(student) == "f(MulLayer().forward(100, 2))"


def test_a_value_that_is_read_is_told_by_the_calls_before(student):
    """And is called by class and attribute."""
    layer = student.MulLayer()
    layer.backward(3)
    student.check(lambda value: None, layer.d)
    assert line(student) == "MulLayer().backward(3)"
    assert called_in(Asked(student.log, len(student.log) - 1)) == "MulLayer.d"


def test_what_does_not_fit_is_left_out_from_the_front(student):
    """The last calls matter most; a large input of the last one leaves nothing to tell."""
    layer = student.MulLayer(np.zeros(50))
    for x in range(20):
        layer.forward(x + 0.123456)
    told = line(student)
    assert told.startswith("MulLayer(...) ... .forward(")
    assert told.endswith("then .forward(19.1235)")
    assert len(told) <= MAX_COLUMNS
    layer.forward(np.zeros(50))
    assert line(student) == ""
    layer.backward(2)
    assert line(student) == "MulLayer(...) ... .backward(2)"


def test_a_call_without_inputs_says_nothing(student):
    """Unless those before it do: as SoftmaxWithLoss.backward()."""
    layer = student.MulLayer()
    layer.forward(np.zeros(50))
    layer.reset()
    assert line(student) == ""
    layer.forward(2)
    layer.reset()
    assert line(student) == "MulLayer() ... .reset(), then .forward(2), then .reset()"


def test_a_large_value_is_not_looked_through(student):
    """Of whatever kind: a spec may pass on what the learner's code has returned."""
    for value in ("x" * 2000, [1.0] * 2000, [[1.0] * 2000] * 5, np.zeros(2000)):
        student.f(value)
        assert line(student) == ""


def test_an_object_that_an_earlier_call_has_seen_is_not_shown_as_new(student):
    """It may hold something else by now."""
    x = student.array(np.array([1.0, 2.0]))
    student.f(x)
    assert line(student) == "f([1, 2])"
    student.f(x)
    assert line(student) == ""


@pytest.mark.parametrize(
    ("name", "variable"),
    [("MulLayer", "layer"), ("Affine", "affine"), ("TwoLayerNet", "net"), ("", "made")],
)
def test_an_object_is_named_after_its_class(name, variable):
    """By the last word, which is short."""
    assert variable_of(name) == variable


def test_a_place_is_told_as_in_python():
    """Attributes and items."""
    place = Reference(-1, (("attribute", "layers"), ("item", "Relu1"), ("attribute", "forward")))
    assert steps_of(place) == ".layers['Relu1'].forward"


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("01_simple_layers", "mul_dx_and_dy_swapped"),
        ("03_affine", "affine_db_over_all_axes"),
        ("06_two_layer_net", "net_W1_zero"),
    ],
)
def test_a_judge_tells_the_same_calls_as_the_learners_own_pytest(name, mistake):
    """Though its answers come together, or not at all."""
    exercise, judge = COURSE.named(name), Judge(COURSE, [COURSE.named(name)])
    catalogue = {one.name: one for one in read_mistakes(exercise)}
    made = catalogue[mistake]
    sources = {**read_modules(ROOT / "solutions", COURSE), exercise.module: make(made, exercise)}
    with importable(sources):
        home = judge.judge_exercise(exercise, InProcess(sources), cheap_only=True)
    with Judged(sources, confined=False) as worker:
        graded = judge.judge_exercise(exercise, worker, cheap_only=True)
    assert [str(one.message) for one in graded.specs] == [str(one.message) for one in home.specs]
    assert [one.cause for one in graded.specs] == [one.cause for one in home.specs]
    assert any(one.cause or one.message for one in home.specs)
