"""Sentences that several commands use. Each is one template, so it is translated as a whole."""

from pathlib import Path

from grader.course.course import Exercise
from grader.messages.language import say
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict, Tier


def tell_kept(exercise: Exercise, verdict: ExerciseVerdict | None) -> str:
    """Return how many promises of an exercise are kept; only its name if there is no verdict."""
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
    """Return that an exercise is done, with its points and stars.

    Parameters
    ----------
    verdict : ExerciseVerdict
        Verdict on an exercise whose core is done.
    borrowed : bool
        Whether the reference solution replaces the learner's work.
    """
    if borrowed:
        return say("{name} is borrowed: it earns no points.", name=verdict.name)
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
    """Return the same, and a second sentence if there are stars left to earn."""
    told = tell_done(verdict, borrowed=borrowed)
    if borrowed or all(spec.passed for spec in verdict.of(Tier.STRETCH)):
        return (told,)
    name = exercise.module
    return (told, say("For its stars, see `kata run {name}`; or go on:", name=name))


def tell_checking(promise: str) -> str:
    """Return what a long run is doing: the promise that it checks."""
    if not promise:
        return say("getting ready")
    return say("checking  {promise}", promise=promise)


def ask_reset(exercise: Exercise) -> str:
    """Return the question whether to reset an exercise."""
    return say("Reset {path}? What you wrote is kept beside it. (y/n)", path=exercise.filename)


def tell_reset(exercise: Exercise, copy: Path | None) -> str:
    """Return that an exercise has been reset, and where the learner's work is.

    Parameters
    ----------
    exercise : Exercise
        The exercise that was reset.
    copy : Path or None
        Copy of the learner's work; None if there was nothing to keep.
    """
    told = say("{path} is as it was handed out.", path=exercise.filename)
    return told if copy is None else f"{told} {tell_copy(exercise, copy)}"


def tell_copy(exercise: Exercise, copy: Path) -> str:
    """Return where the copy of the learner's work is."""
    return say("What you wrote is in {copy}.", copy=copy.relative_to(exercise.root).as_posix())


def no_program(spec: SpecVerdict | None) -> str:
    """Return why there is nothing to try; `spec` is what the learner works on, if anything."""
    if spec is None:
        return say("There is nothing to try: nothing is broken.")
    if spec.outcome.is_waiting:
        return say("There is nothing to try yet: this is not written.")
    return say("The calls of this promise cannot be written down as Python.")
