"""To be written: verdicts.outcome_labels."""

from dataclasses import dataclass

from grader.gradebook.rows import Row
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


def other_mark(row: Row, exercise: ExerciseVerdict) -> str:
    """The mark of an exercise that does not count, if follow-through found two.

    Parameters
    ----------
    row : Row
        The learner's row.
    exercise : ExerciseVerdict
        One of its exercises.

    Returns
    -------
    str
        ``→12`` if it would score 12, ``←3`` if it scored 3 by itself; `follow_through_legend`
        explains.
    """
    if exercise.points_through <= exercise.points or row.is_set_by_hand(exercise):
        return ""
    return f"←{exercise.points}" if exercise.through_counts else f"→{exercise.points_through}"
