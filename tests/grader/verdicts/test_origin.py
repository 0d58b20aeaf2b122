"""What is said of a spec that may fail because of an earlier exercise."""

import pytest

from grader.messages.explanation import explain
from grader.messages.language import CHINESE, speaking, tell
from grader.messages.message import english
from grader.verdicts.finding import Finding
from grader.verdicts.origin import Again, begin_at, begins_earlier, begun, located, told_to_begin
from grader.verdicts.verdict import Feedback, Outcome, SpecVerdict, Tier

FIRST = "03_affine is not green; begin there"
RAISED = explain(("raised", "TypeError: no"), ("at", "net.py:7    x + y"), ("perhaps", "a typo"))


def said(found, again):
    return str(located(found, "03_affine", again).message).splitlines()


def test_what_passes_on_the_reference_says_nothing_but_where_to_begin():
    """No value, no line and no guess of the exercise that is right."""
    told = said(Finding(Outcome.FAILED, RAISED), Again(Outcome.PASSED))
    assert told == [FIRST, "with correct earlier exercises, this promise is kept"]


def test_what_fails_there_in_the_same_way_is_explained_as_ever():
    """It is this exercise's own."""
    told = said(Finding(Outcome.FAILED, RAISED), Again(Outcome.FAILED, is_alike=True))
    assert told == [FIRST, *str(RAISED).splitlines()]


def test_what_fails_there_in_another_way_says_so():
    """What it does there is not shown."""
    told = said(Finding(Outcome.FAILED, RAISED), Again(Outcome.CRASHED))
    assert told == [FIRST, "with correct earlier exercises, this promise is broken in another way"]


def test_what_is_not_written_there_says_no_more():
    """With correct earlier exercises, it comes to a line that is still to be written."""
    assert said(Finding(Outcome.FAILED, RAISED), Again(Outcome.NOT_STARTED)) == [FIRST]


def test_without_a_run_on_the_reference_no_place_and_no_cause_is_named():
    """What was seen stays."""
    assert said(Finding(Outcome.FAILED, RAISED), None) == [FIRST, "raised    TypeError: no"]
    stopped = "stopped   after 5 s: is there a loop that never ends?\nat        net.py:7"
    told = said(Finding(Outcome.TIMED_OUT, stopped), None)
    assert told == [FIRST, "stopped   after 5 s: is there a loop that never ends?"]


@pytest.mark.parametrize("outcome", [Outcome.NOT_STARTED, Outcome.GRADER_ERROR])
def test_what_is_nobodys_mistake_stays_as_it_is(outcome):
    """Nothing is written yet, or the grader failed."""
    found = Finding(outcome, "as it is")
    assert located(found, "03_affine", None) is found


def test_what_is_blocked_keeps_its_reason():
    """It names the exercise that is missing."""
    told = said(
        Finding(Outcome.BLOCKED, english("it needs {exercise}", exercise="03_affine")), None
    )
    assert told == [FIRST, "it needs 03_affine"]


def test_a_verdict_beside_stand_ins_begins_in_the_same_way():
    """For the instructor and for the learner, unless it passed."""
    failed = SpecVerdict("test_a", "a", Tier.CORE, Outcome.FAILED, 1, "why")
    told = begun(failed, "03_affine")
    assert str(told.message).splitlines() == [FIRST, "why"]
    assert told.feedback is None
    both = SpecVerdict(
        "test_a", "a", Tier.CORE, Outcome.FAILED, 1, "why", feedback=Feedback(Outcome.FAILED, "so")
    )
    feedback = begun(both, "03_affine").feedback
    assert feedback is not None
    assert str(feedback.message).splitlines() == [FIRST, "so"]
    passed = SpecVerdict("test_a", "a", Tier.CORE, Outcome.PASSED, 1)
    assert begun(passed, "03_affine") is passed


def test_where_to_begin_is_found_in_either_language():
    """In a text that was translated before as well, if it is the first line."""
    reason = explain(("", begin_at("02_activations")), ("", "why"))
    assert told_to_begin(reason) == told_to_begin(str(reason)) == str(begin_at("02_activations"))
    with speaking(CHINESE):
        assert told_to_begin(reason).startswith("02_activations")
        assert told_to_begin(tell(reason)) == told_to_begin(reason)
    assert told_to_begin(f"why\n{reason}") == told_to_begin(RAISED) == ""


def test_only_what_begins_earlier_is_taken_for_it():
    """A text that reads the same is not."""
    assert begins_earlier(located(Finding(Outcome.FAILED, "why"), "03_affine", None).message)
    assert begins_earlier(explain(("raised", begin_at("03_affine")))) is not None
    assert begins_earlier(FIRST) is None
    assert begins_earlier(RAISED) is None
