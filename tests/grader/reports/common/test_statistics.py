"""What a class finds hardest, counted among the learners who had started."""

from gradebooks import BAD, EMPTY, GOOD, HELPED, OURS, row, spec, unloaded

from grader.messages.explanation import explain
from grader.reports.common.statistics import broken_promises, made_mistakes
from grader.verdicts.verdict import Outcome, Tier


def test_promises_are_counted_over_those_who_started():
    """A learner who has not started, or met a grader error, has broken nothing."""
    found = broken_promises([row("a", BAD), row("b", GOOD), row("c", EMPTY), row("d", OURS)])
    assert [(one.promise, one.learners, one.started, one.share) for one in found] == [
        ("test_g holds.", (0,), 2, 50),
        ("test_h holds.", (0,), 3, 33),
    ]
    assert found[1].tier is Tier.STRETCH


def test_what_most_broke_comes_first():
    """Crashes and timeouts count as broken."""
    early, late = spec(Outcome.FAILED), spec(Outcome.CRASHED, name="test_g")
    slow = spec(Outcome.TIMED_OUT, name="test_g")
    found = broken_promises([row("a", (early, late)), row("b", (spec(), slow))])
    assert [(one.promise, one.learners) for one in found] == [
        ("test_g holds.", (0, 1)),
        ("test_f holds.", (0,)),
    ]


def test_what_did_not_load_has_broken_nothing():
    """Nobody has tried its promises, so it is not among those who started either."""
    found = broken_promises([row("a", BAD), unloaded(row("b", BAD)), row("c", GOOD)])
    assert [(one.promise, one.learners, one.started) for one in found] == [
        ("test_g holds.", (0,), 2),
        ("test_h holds.", (0,), 2),
    ]
    assert broken_promises([unloaded(row("b", BAD))]) == []


def test_a_mistake_counts_once_for_each_learner():
    """However many promises it breaks."""
    twice = tuple(spec(Outcome.FAILED, name=f"test_{n}", mistake="a_b, c_d") for n in range(2))
    found = made_mistakes([row("a", twice), row("b", BAD), row("c", BAD), row("d", GOOD)])
    known = [one for one in found if one.is_known]
    assert [(one.exercise, one.name, one.learners) for one in known] == [
        ("01_ex", "halves twice", (1, 2)),
        ("01_ex", "a b or c d", (0,)),
    ]


def test_a_mistake_that_nothing_knows_is_counted_by_what_it_raises():
    """With the promises that it breaks; wrong values of unknown cause are not one mistake."""
    raised = explain(("raised", "NameError: name 'W' is not defined"), ("at", "ex.py:3"))
    lost = tuple(
        spec(Outcome.FAILED, raised, name=f"test_{n}", cause="NameError at ex.py:3")
        for n in range(2)
    )
    wrong = (spec(Outcome.FAILED, explain(("returned", "1"), ("expected", "2"))),)
    (found,) = made_mistakes([row("a", lost), row("b", wrong)])
    assert (found.name, found.is_known) == ("NameError: name 'W' is not defined", False)
    assert (found.learners, found.promises, found.points) == ((0,), 2, 4)


def test_a_mistake_is_called_as_the_last_step_of_help_calls_it():
    """The title is for people; the name in the catalogue is not."""
    assert made_mistakes([row("a", HELPED)])[0].name == "summed over all axes, in f"


def test_a_class_without_faults_has_nothing_to_tell():
    """Nor does an empty class."""
    assert broken_promises([row("a", GOOD)]) == made_mistakes([row("a", GOOD)]) == []
    assert broken_promises([]) == made_mistakes([]) == []
