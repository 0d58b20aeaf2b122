"""What an outcome is called, wherever one is shown."""

from dataclasses import dataclass

from grader.messages.language import tell
from grader.messages.message import Message, english
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Tier


@dataclass(frozen=True)
class OutcomeLabel:
    """How an outcome is shown.

    Attributes
    ----------
    symbol : str
        One character, which tells it without colour.
    word : Message
        The same for those who read it.
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
"""For a learner at work: a promise of stretch that is broken is no fault."""

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
    return tell(OUTCOME_LABELS[outcome].word)


def label_of(spec: SpecVerdict) -> OutcomeLabel:
    """How a spec is shown to a learner at work.

    Parameters
    ----------
    spec : SpecVerdict
        The verdict on it.
    """
    is_open = spec.tier is Tier.STRETCH and spec.outcome is Outcome.FAILED
    return STILL_OPEN if is_open else OUTCOME_LABELS[spec.outcome]


OUR_FAULT = "bold magenta"
