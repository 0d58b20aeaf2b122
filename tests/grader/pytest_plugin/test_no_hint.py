"""What is said where no hint is left."""

from pathlib import Path

from grader.course.course import Exercise
from grader.messages.explanation import explain
from grader.pytest_plugin.no_hint import no_hint
from grader.verdicts.origin import begin_at
from grader.verdicts.verdict import Outcome, SpecVerdict, Tier

EXERCISE = Exercise(Path("/course"), "03_affine")


def spec(outcome, message="returned  1"):
    """A spec that did not pass."""
    return SpecVerdict("test_a", "a", Tier.CORE, outcome, 1, message)


def test_where_no_hint_is_left_the_lesson_is():
    """With the reason."""
    assert "last hint" in no_hint(EXERCISE, spec(Outcome.FAILED), 2)
    assert "not a known mistake" in no_hint(EXERCISE, spec(Outcome.FAILED), 0)
    assert "Nothing is wrong yet" in no_hint(EXERCISE, spec(Outcome.NOT_STARTED), 0)
    assert "exercises/03_affine/README.md" in no_hint(EXERCISE, spec(Outcome.FAILED), 0)


def test_a_guess_in_the_message_was_the_last_hint():
    """It would contradict itself if it said that this is no known mistake."""
    told = explain(("returned", "1"), ("perhaps", "a typo"))
    assert "last hint" in no_hint(EXERCISE, spec(Outcome.FAILED, told), 0)


def test_what_is_due_to_an_earlier_exercise_is_no_unknown_mistake():
    """It says where to begin instead."""
    told = explain(("", begin_at("02_activations")), ("", "why"))
    assert no_hint(EXERCISE, spec(Outcome.FAILED, told), 0) == str(begin_at("02_activations"))
