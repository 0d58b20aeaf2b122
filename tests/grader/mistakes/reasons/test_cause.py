"""What failures of one cause have in common."""

import numpy as np
import pytest

from grader.messages.message import english
from grader.mistakes.reasons.cause import cause_of
from grader.specs.assertions import Mismatch, assert_matches
from grader.specs.run import NotTried
from grader.transport.student import Asked, StudentError, TimedOut
from grader.worker.exception_report import ExceptionReport, TracebackLine
from grader.worker.wire import Reference


def raised(kind="TypeError", message="no", line=3, file="ex.py"):
    frames = (TracebackLine(file, line, "y = x", "ex"),) if line else ()
    return StudentError(ExceptionReport(kind, message, frames))


def mismatch(returned, expected, method="f", what="dx"):
    """What a wrong answer of a method of A raises."""
    with pytest.raises(Mismatch) as caught:
        assert_matches(returned, expected, what)
    target = Reference("ex", (("attribute", "A"),))
    made = {"do": "call", "target": target, "args": (), "number": -1}
    asked = {"do": "call", "target": Reference(-1, (("attribute", method),)), "args": ()}
    caught.value.asked = Asked([made, asked], 1)
    return caught.value


def test_an_exception_is_known_by_its_type_and_line():
    """Whatever it says, since that depends on the inputs."""
    assert cause_of(raised(message="(3,) and (4,)")) == cause_of(raised(message="(5,) and (6,)"))
    assert cause_of(raised()) != cause_of(raised(line=4))
    assert cause_of(raised()) != cause_of(raised("ValueError"))


def test_what_no_line_raises_is_known_by_what_it_says():
    """An attribute that is missing, for instance."""
    one, other = (raised(message=f"A has no {name}", line=0) for name in ("dW", "db"))
    assert cause_of(one) != cause_of(other)
    assert cause_of(one) == cause_of(raised(message="A has no dW", line=0))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((None, 1.0), (None, (1.0, 2.0))),
        ((np.ones((2, 3)), np.ones(3)), (np.ones((4, 3)), np.ones(3))),
        ((np.arange(3.0), -np.arange(3.0)), (np.arange(5.0), -np.arange(5.0))),
        ((np.ones(3, int), np.ones(3)), (np.ones(4, int), np.zeros(4))),
    ],
    ids=["nothing returned", "shape", "sign", "kind"],
)
def test_the_same_function_that_is_wrong_in_the_same_way_is_one_cause(one, other):
    """With other inputs, and whatever the spec calls it; another function is another cause."""
    found = cause_of(mismatch(*one))
    assert found == cause_of(mismatch(*other, what="dx of the second"))
    assert found.startswith("A.f")
    assert found != cause_of(mismatch(*other, method="g"))


def test_wrong_values_alone_have_no_known_cause():
    """Two of them need not have one, even of the same function."""
    assert cause_of(mismatch(np.array([1.0, 2.0]), np.array([1.0, 3.0]))) == ""
    assert cause_of(mismatch(1.0, 2.0)) == ""


def test_what_differs_in_the_words_of_a_spec_counts_as_it_is():
    """A spec says so only where it has looked at more than values."""
    assert cause_of(Mismatch("what backward returned", 1, 2, "two gradients were expected"))


def test_what_was_not_tried_has_the_cause_of_what_it_rests_on():
    """Or rests on that spec, if its cause is unknown."""
    first = english("It holds.")
    assert cause_of(NotTried(first, "test_a", raised())) == cause_of(raised())
    assert cause_of(NotTried(first, "test_a", mismatch(1.0, 2.0))) == "rests on test_a"


def test_time_says_nothing_of_a_cause():
    """Nor do faults of ours."""
    assert cause_of(TimedOut("after 2 s")) == cause_of(RuntimeError("ours")) == ""
