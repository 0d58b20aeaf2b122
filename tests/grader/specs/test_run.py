"""Runs of an exercise: what its specs know of each other."""

import pytest

from grader.messages.message import phrase
from grader.specs.run import NotTried, Run, run_of
from grader.transport.in_process import InProcess


def test_a_run_belongs_to_a_transport():
    """The specs that use the same transport are of one run; another transport begins anew."""
    one, other = InProcess({}), InProcess({})
    run_of(one).kept["params"] = 1
    assert run_of(one).kept == {"params": 1}
    assert run_of(other).kept == {}


def test_the_first_broken_promise_that_a_spec_rests_on_is_named():
    """In the order of the spec's own list; what it does not rest on does not matter."""
    run = Run(broken={"test_b": phrase("B holds."), "test_a": phrase("A holds.")})
    run.check([])
    run.check(["test_c"])
    with pytest.raises(NotTried) as caught:
        run.check(["test_c", "test_a", "test_b"])
    assert str(caught.value.first) == "A holds."
