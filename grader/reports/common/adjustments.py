"""Adjustments of marks: follow-through, late work and decisions of instructors."""

from collections.abc import Sequence

from grader.gradebook.marks import WHOLE
from grader.gradebook.rows import Row
from grader.messages.language import say, tell
from grader.verdicts.origin import told_to_begin
from grader.verdicts.verdict import ExerciseVerdict

STOOD_IN = "°"
"""Sign after points that were found with the reference for exercises that were not handed in."""

UNJUDGED = "?"
"""Sign after the 0 of an exercise of which nothing could be judged."""


def other_mark(row: Row, exercise: ExerciseVerdict) -> str:
    """Return the mark of an exercise that does not count, if follow-through found two.

    Parameters
    ----------
    row : Row
        Row of the learner.
    exercise : ExerciseVerdict
        One of the exercises in the row.

    Returns
    -------
    str
        ``→12`` if it would score 12 on top of the reference, ``←3`` if it scored 3 without it,
        ``°`` if the reference stood in for what was not handed in, ``?`` if nothing was judged, or
        an empty string.
        `follow_through_legend` explains the signs.
    """
    if row.is_unjudged(exercise):
        return UNJUDGED
    is_decided = row.is_decided(exercise)
    if exercise.on_reference and not is_decided:
        return STOOD_IN
    if exercise.points_through <= exercise.points or is_decided:
        return ""
    return f"←{exercise.points}" if exercise.through_counts else f"→{exercise.points_through}"


def follow_through_legend(rows: Sequence[Row]) -> list[str]:
    """Explain the signs of `other_mark` that occur in a gradebook, one line for each."""
    signs = {other_mark(row, one)[:1] for row in rows for one in row.verdict.exercises}
    meanings = {
        UNJUDGED: f"{UNJUDGED} nothing that could be judged: no mark",
        "→": "→ with correct earlier exercises, not counted",
        "←": "← with the learner's own earlier exercises, not counted",
        STOOD_IN: f"{STOOD_IN} judged with the reference for exercises that were not handed in",
    }
    return [meaning for sign, meaning in meanings.items() if sign in signs]


def adjustments(row: Row, exercise: ExerciseVerdict) -> list[str]:
    """Say where the learner has to begin, and why the mark may differ from the points found.

    Parameters
    ----------
    row : Row
        Row of the learner.
    exercise : ExerciseVerdict
        One of the exercises in the row.

    Returns
    -------
    list of str
        One sentence for each reason.
    """
    begin = (told_to_begin(spec.message) for spec in exercise.specs if not spec.passed)
    told = list(dict.fromkeys(filter(None, begin)))
    if exercise.on_reference:
        told.append(
            say(
                "judged with the course's own {exercises}, as no file of it was handed in",
                exercises=", ".join(exercise.on_reference),
            )
        )
    elif row.is_unjudged(exercise):
        told.append(say("nothing could be judged here, so this is no mark for your work"))
    if other_mark(row, exercise)[:1] in tuple("→←"):
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
    """Describe marks and comments that were set by hand, for instructors.

    Parameters
    ----------
    row : Row
        Row of a learner.
    exercise : str, optional
        Name of the exercise; by default, marks and comments on the whole submission.

    Returns
    -------
    list of str
        Points or an excuse with author and reason, and comments with author.
    """
    told = []
    for mark in (one for one in row.marks if one.exercise == exercise):
        by = mark.by or "somebody"  # empty if names are hidden
        if mark.decides:
            what = f"{by} excused the learner" if mark.excused else f"{by} set {mark.points} points"
            told.append(": ".join(filter(None, (what, mark.reason))))
        if mark.comment:
            told.append(f"{by} commented: {mark.comment}")
    return told
