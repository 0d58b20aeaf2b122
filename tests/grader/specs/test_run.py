"""Runs of an exercise: what its specs know of each other."""

import pytest

from grader.messages.message import phrase
from grader.specs.run import NotTried, Run, run_of
from grader.transport.in_process import InProcess
from grader.transport.student import StudentError
from grader.worker.exception_report import ExceptionReport


def test_a_run_belongs_to_a_transport():
    """The specs that use the same transport are of one run; another transport begins anew."""
    one, other = InProcess({}), InProcess({})
    run_of(one).kept["params"] = 1
    assert run_of(one).kept == {"params": 1}
    assert run_of(other).kept == {}


def test_the_first_broken_promise_that_a_spec_rests_on_is_named():
    """In the order of the spec's own list; what it does not rest on does not matter."""
    why = AssertionError()
    run = Run(broken={"test_b": (phrase("B holds."), why), "test_a": (phrase("A holds."), why)})
    run.check([])
    run.check(["test_c"])
    with pytest.raises(NotTried) as caught:
        run.check(["test_c", "test_a", "test_b"])
    assert str(caught.value.first) == "A holds."


@pytest.mark.parametrize(
    "report",
    [
        ExceptionReport("NotImplementedError", "your turn", ()),
        ExceptionReport("NameError", "no x", (), importing="affine.py"),
        ExceptionReport("ModuleNotFoundError", "no affine", (), imported="affine"),
    ],
)
def test_what_is_not_there_is_told_in_the_same_way(report):
    """A stub is not started, whichever spec is asked."""
    why = StudentError(report)
    with pytest.raises(StudentError) as caught:
        Run(broken={"test_a": (phrase("A holds."), why)}).check(["test_a"])
    assert caught.value is why
