"""What an outcome is called, wherever one is shown."""

from dataclasses import dataclass

from grader.messages.language import translate
from grader.messages.message import english
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Tier


@dataclass(frozen=True)
class Mark:
    """How an outcome is shown.

    Attributes
    ----------
    symbol : str
        One character, which tells it without colour.
    word : str
        The same for those who read it.
    """

    symbol: str
    word: str


MARKS = {
    Outcome.PASSED: Mark("✓", english("kept")),
    Outcome.FAILED: Mark("✗", english("broken")),
    Outcome.NOT_STARTED: Mark("○", english("not written yet")),
    Outcome.BLOCKED: Mark("◌", english("waits for an earlier exercise")),
    Outcome.TIMED_OUT: Mark("◷", english("out of time")),
    Outcome.CRASHED: Mark("↯", english("crashed")),
    Outcome.GRADER_ERROR: Mark("!", english("the grader failed: not counted")),
}


BY_HAND = "*"
"""Behind points that somebody has set."""


def stars(exercise: ExerciseVerdict) -> str:
    """A star for each spec of stretch, filled if it passed.

    Parameters
    ----------
    exercise : ExerciseVerdict
        The exercise.
    """
    return "".join("★" if spec.passed else "☆" for spec in exercise.of(Tier.STRETCH))


def word(outcome: Outcome) -> str:
    """What an outcome is called."""
    return translate(MARKS[outcome].word)


OUR_FAULT = "bold magenta"
