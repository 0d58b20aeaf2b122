"""Which name a spec most likely means, when others are asked for as well."""

import pytest

from grader.course.course import Exercise
from grader.mistakes.reasons.near_misses import explain_unset, explained
from grader.specs.assertions import Mismatch
from grader.worker.exception_report import ExceptionReport
from grader.worker.hints.missing import Missing


@pytest.fixture
def exercise(tmp_path):
    """An exercise whose spec asks for both layers, dW, db, and a keyword."""
    exercise = Exercise(tmp_path, "01_layers")
    exercise.spec.parent.mkdir(parents=True)
    exercise.spec.write_text(
        "def test(student):\n    student.MulLayer().dW; student.MultLayer().db\n"
        "    KEYS = ('W1', 'w_1')\n",
        "utf-8",
    )
    return exercise


def told(exercise, missing, kind="AttributeError", hint="perhaps"):
    report = ExceptionReport(kind, "as raised", (), hint=hint, missing=missing)
    found = explained(report, exercise)
    return found.type, str(found.message), str(found.hint)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        (
            Missing("a.py", "MulLayer", "class", ("Mullayer", "AddLayer")),
            "a.py defines no MulLayer; it defines Mullayer: is that the one?",
        ),
        (
            Missing("Affine", "dW", "value", ("dw", "x")),
            "Affine has no dW; it has dw: is that the one?",
        ),
        (
            Missing("train", "iterations", "argument", ("n_iter",)),
            "train has no argument iterations; it has n_iter: is that the one?",
        ),
        (
            Missing("", "W1", "key", ("dW1", "b1")),
            "there is no key 'W1'; there is 'dW1': is that the one?",
        ),
    ],
)
def test_what_is_there_instead_is_said(exercise, missing, message):
    """In place of what was raised, and of any other hint."""
    assert told(exercise, missing) == ("AttributeError", message, "")


@pytest.mark.parametrize(
    "missing",
    [
        None,
        Missing("a.py", "MulLayer", "class", ("MultLayer",)),
        Missing("Affine", "dW", "value", ("db",)),
        Missing("", "W1", "key", ("w_1",)),
        Missing("a.py", "MulLayer", "class"),
    ],
)
def test_a_name_that_is_itself_asked_for_is_not_offered(exercise, missing):
    """The report stays as it is."""
    assert told(exercise, missing) == ("AttributeError", "as raised", "perhaps")


def test_a_method_of_a_base_class_is_not_taken_for_a_stub(exercise):
    """The learner has written the method, under another name."""
    missing = Missing("Affine", "forward", "function", ("foward",))
    assert told(exercise, missing, "NotImplementedError")[0] == "AttributeError"


@pytest.mark.parametrize(("names", "near"), [(("dw", "x"), "dw"), (("db", "x"), "")])
def test_an_attribute_that_is_none_is_explained_by_one_that_was_set(exercise, names, near):
    """The mismatch says so, instead of another hint."""
    mismatch = Mismatch("dW", None, 1.0, "it is still None")
    mismatch.missing, mismatch.hint = Missing("", "dW", "value", names), "other"
    explain_unset(mismatch, exercise)
    assert near in str(mismatch.difference)
    assert (mismatch.hint == "") is bool(near)
