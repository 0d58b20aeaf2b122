"""Labels of outcomes, the same in every report."""

from dataclasses import dataclass

from grader.messages.language import tell
from grader.messages.message import Message, english
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier


@dataclass(frozen=True)
class OutcomeLabel:
    """The label of an outcome.

    Attributes
    ----------
    symbol : str
        One character, so that outcomes can be distinguished without colour.
    word : Message
        One or more words, in English.
    """

    symbol: str
    word: Message


OUTCOME_LABELS = {
    Outcome.PASSED: OutcomeLabel("✓", english("kept")),
    Outcome.FAILED: OutcomeLabel("✗", english("broken")),
    Outcome.NOT_STARTED: OutcomeLabel("○", english("not started")),
    Outcome.BLOCKED: OutcomeLabel("◌", english("blocked")),
    Outcome.TIMED_OUT: OutcomeLabel("◷", english("timed out")),
    Outcome.CRASHED: OutcomeLabel("↯", english("crashed")),
    Outcome.GRADER_ERROR: OutcomeLabel("!", english("the grader failed: not counted")),
}

STILL_OPEN = OutcomeLabel("☆", english("stretch, still open"))
"""Label of a failed stretch spec for learners, to whom it is not shown as an error."""

BY_HAND = "*"
"""Sign after points that were set by hand."""

EXCUSED = "EX"
"""Sign in the place of points that do not count, as Canvas writes it."""


def stars(exercise: ExerciseVerdict) -> str:
    """Return one star for each stretch spec of an exercise, filled if the spec passed."""
    return "".join("★" if spec.passed else "☆" for spec in exercise.of(Tier.STRETCH))


def word(outcome: Outcome) -> str:
    """Return the word for an outcome in the current language."""
    return tell(OUTCOME_LABELS[outcome].word)


def label_of(spec: SpecVerdict) -> OutcomeLabel:
    """Return the label of a spec for learners: an open stretch spec is not a failure."""
    is_open = spec.tier is Tier.STRETCH and spec.outcome is Outcome.FAILED
    return STILL_OPEN if is_open else OUTCOME_LABELS[spec.outcome]


OUR_FAULT = "bold magenta"
