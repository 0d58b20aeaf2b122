"""What reports call an outcome, and how they show what a stranger wrote."""

from collections.abc import Sequence

from grader.gradebook.marks import WHOLE
from grader.gradebook.rows import Row
from grader.messages.language import say, tell
from grader.verdicts.verdict import ExerciseVerdict


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


def follow_through_legend(rows: Sequence[Row]) -> list[str]:
    """What `other_mark` means, where a gradebook has one.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.
    """
    signs = {other_mark(row, one)[:1] for row in rows for one in row.verdict.exercises}
    meanings = {
        "→": "→ with correct earlier exercises, not counted",
        "←": "← with her own earlier exercises, not counted",
    }
    return [meaning for sign, meaning in meanings.items() if sign in signs]


def adjustments(row: Row, exercise: ExerciseVerdict) -> list[str]:
    """Why an exercise may score something else than what was found, for its learner.

    Parameters
    ----------
    row : Row
        Her row.
    exercise : ExerciseVerdict
        One of its exercises.

    Returns
    -------
    list of str
        A sentence for each reason.
    """
    told = []
    if other_mark(row, exercise):
        told.append(
            say(
                "with correct code in the place of what it builds on, it scores {points} of {most} "
                "points",
                points=exercise.points_through,
                most=exercise.max_points,
            )
            + (say(", which counts") if exercise.through_counts else "")
        )
    told += [tell(one.reason) for one in row.late if one.exercise == exercise.name]
    return told


def decisions(row: Row, exercise: str = WHOLE) -> list[str]:
    """What people have decided on an exercise, or on all of it, for instructors.

    Parameters
    ----------
    row : Row
        A learner's row.
    exercise : str, optional
        The exercise.

    Returns
    -------
    list of str
        Who set what and why, and what the learner is told.
    """
    told = []
    for mark in (one for one in row.marks if one.exercise == exercise):
        by = mark.by or "somebody"  # whose name is kept back with the learner's
        if mark.points is not None:
            told.append(": ".join(filter(None, (f"{by} set {mark.points} points", mark.reason))))
        if mark.comment:
            told.append(f"{by} told her: {mark.comment}")
    return told
