"""The contents of the screen."""

from pathlib import Path

import pytest

from grader.course.course import Exercise
from grader.kata.watch.frame import View, focus, frame_of
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier

EXERCISE = Exercise(Path("/course"), "03_affine")


def spec(name, outcome=Outcome.FAILED, tier=Tier.CORE, message="checked   x", **more):
    return SpecVerdict(name, f"{name} holds", tier, outcome, 1, message, **more)


def verdict(*specs):
    return ExerciseVerdict("03_affine", specs)


def told(view):
    frame = frame_of(view)
    return [line.plain for line in (*frame.top, *frame.middle, *frame.bottom)]


PASSED = spec("passed", Outcome.PASSED, message="")
WAITING = spec("waiting", Outcome.NOT_STARTED, message="f: write it")
STRETCH = spec("stretch", tier=Tier.STRETCH)
BROKEN = spec("broken", hints=("the idea", "its name"), output="one\ntwo\n")


@pytest.mark.parametrize(
    ("specs", "looked_at"),
    [
        ((STRETCH, WAITING, BROKEN, spec("later")), BROKEN),
        ((PASSED, STRETCH, WAITING), WAITING),
        ((PASSED, STRETCH), STRETCH),
        ((PASSED,), None),
    ],
)
def test_one_promise_is_looked_at(specs, looked_at):
    """Broken specs come before unwritten ones, and core before stretch."""
    assert focus(verdict(*specs)) is looked_at


def test_a_broken_promise_is_told_with_its_reason_and_the_rest_shortly():
    """The first in full, then the number of others, unwritten specs, and the output."""
    same = (spec("same"), spec("too", tier=Tier.STRETCH))
    other = spec("other", message="why")
    lines = told(View(EXERCISE, verdict(PASSED, BROKEN, *same, other, WAITING)))
    assert lines == [
        "03_affine: 1 of 5 promises kept",
        "exercises/03_affine/affine.py",
        "",
        "broken    broken holds",
        "checked   x",
        "printed   one",
        "          two",
        "",
        "The same is told of 2 more promises:",
        "  same holds",
        "  too holds",
        "After that, there is one more thing to mend.",
        "Not written yet: f: write it",
    ]


def test_help_comes_last_and_as_far_as_it_was_asked_for():
    """So that a screen reader repeats nothing."""
    before = told(View(EXERCISE, verdict(BROKEN)))
    for steps, more in ((1, ["hint      the idea"]), (2, ["mistake   its name"])):
        lines = told(View(EXERCISE, verdict(BROKEN), steps))
        assert lines[: len(before)] == before
        assert lines[-1:] == more
        before = lines


def test_what_has_one_reason_is_told_once():
    """A file that cannot be imported breaks all promises, of which a few are listed."""
    lines = told(View(EXERCISE, verdict(*(spec(f"{n}", cause="it") for n in range(9)))))
    assert lines[-7:] == [
        "8 more promises break for the same reason:",
        *(f"  {n} holds" for n in range(1, 6)),
        "  and 3 more",
    ]


def test_a_fresh_exercise_begins_with_its_lesson():
    """With the task, not with a failure."""
    lines = told(View(EXERCISE, verdict(WAITING)))
    assert "exercises/03_affine/README.md" in lines
    assert "not started  f: write it" in lines


@pytest.mark.parametrize(
    ("shown", "label"),
    [
        (spec("x", Outcome.GRADER_ERROR), "the grader failed: not counted  x holds"),
        (spec("x", Outcome.BLOCKED), "blocked   x holds"),
        (spec("x", Outcome.TIMED_OUT), "timed out x holds"),
        (spec("x", Outcome.CRASHED), "crashed   x holds"),
        (STRETCH, "stretch, still open  stretch holds"),
    ],
)
def test_a_word_says_what_it_is_about(shown, label):
    """Colour is never the only sign."""
    assert label in told(View(EXERCISE, verdict(shown)))


def test_what_the_learners_code_prints_cannot_draw():
    """Control codes and markup are shown as text; only the last lines are shown."""
    noisy = spec("x", output="\n".join([*map(str, range(50)), "\x1b[2J[red]end"]))
    lines = told(View(EXERCISE, verdict(noisy)))
    assert [line for line in lines if "end" in line] == ["          \ufffd[2J[red]end"]
    assert "printed   45" in lines


def test_while_a_long_run_goes_on_its_words_take_the_place_of_what_was_known():
    """The old state may no longer be valid."""
    lines = told(View(EXERCISE, verdict(BROKEN), progress=("checking  x", "epoch 1")))
    assert lines[-2:] == ["checking  x", "epoch 1"]
    assert not any("broken" in line for line in lines)
