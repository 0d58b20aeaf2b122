"""Sentences that more than one command says. Each is one template: it is translated as a whole."""

from pathlib import Path

from grader.course.course import Exercise
from grader.course.modules import lesson_file
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Tier


def tell_kept(exercise: Exercise, verdict: ExerciseVerdict | None) -> str:
    """How far an exercise is, in one line.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    verdict : ExerciseVerdict or None
        What is known of it.

    Returns
    -------
    str
        The line.
    """
    if verdict is None:
        return exercise.name
    core = verdict.of(Tier.CORE)
    return say(
        "{name}: {kept} of {count} promises kept",
        name=exercise.name,
        kept=sum(spec.passed for spec in core),
        count=len(core),
    )


def tell_done(verdict: ExerciseVerdict, *, borrowed: bool) -> str:
    """That an exercise is done, and what that has brought.

    Parameters
    ----------
    verdict : ExerciseVerdict
        What was found in it.
    borrowed : bool
        Whether the reference stands in for her work.

    Returns
    -------
    str
        One sentence.
    """
    if borrowed:
        return say("{name} is borrowed: it brings no points.", name=verdict.name)
    stretch = verdict.of(Tier.STRETCH)
    return say(
        "{name} is done: {points} of {most} points, {stars} of {all_stars} stars.",
        name=verdict.name,
        points=verdict.points,
        most=verdict.max_points,
        stars=sum(spec.passed for spec in stretch),
        all_stars=len(stretch),
    )


def tell_outcome(
    exercise: Exercise, verdict: ExerciseVerdict, *, borrowed: bool
) -> tuple[str, ...]:
    """The same, and where there are stars still to be earned."""
    told = tell_done(verdict, borrowed=borrowed)
    if borrowed or all(spec.passed for spec in verdict.of(Tier.STRETCH)):
        return (told,)
    name = exercise.module
    return (told, say("For its stars, see `kata run {name}`; or go on:", name=name))


def tell_checking(promise: str) -> str:
    """Say what a run that takes long is at."""
    if not promise:
        return say("getting ready")
    return say("checking  {promise}", promise=promise)


def ask_reset(exercise: Exercise) -> str:
    """Ask whether she means it."""
    return say("Begin {path} anew? What you wrote is kept beside it. (y/n)", path=exercise.filename)


def tell_reset(exercise: Exercise, copy: Path | None) -> str:
    """Say where her work is.

    Parameters
    ----------
    exercise : Exercise
        What she begins anew.
    copy : Path or None
        The copy of her work; None if there was nothing to keep.

    Returns
    -------
    str
        One sentence.
    """
    told = say("{path} is as it was handed out.", path=exercise.filename)
    return told if copy is None else f"{told} {tell_copy(exercise, copy)}"


def tell_copy(exercise: Exercise, copy: Path) -> str:
    """Say where what she wrote is kept."""
    return say("What you wrote is in {copy}.", copy=copy.relative_to(exercise.root).as_posix())


def no_hint(exercise: Exercise, outcome: Outcome, seen: int) -> str:
    """Say that there is no further hint, and where else help is.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    outcome : Outcome
        What became of the spec that she is at.
    seen : int
        How many hints she has seen.

    Returns
    -------
    str
        One sentence.
    """
    lesson = lesson_file(exercise).relative_to(exercise.root).as_posix()
    if seen:
        return say("That was the last hint. {lesson} tells more.", lesson=lesson)
    if outcome.is_waiting:
        return say("Nothing is wrong yet. {lesson} leads to what is to do.", lesson=lesson)
    return say("This is no known mistake. {lesson} may help.", lesson=lesson)
