"""Verdicts as learners may read them: nothing in them depends on a value of the hidden inputs.

Every report that a learner can read shows this view. Outcomes and points count and stay; messages,
output, hints and mistakes are those of the feedback.
"""

from dataclasses import replace

from grader.messages.message import Text, english
from grader.verdicts.verdict import ExerciseVerdict, Outcome, SpecVerdict, Verdict

OURS = english("the grader itself failed here, not your code")
UNKNOWN = english("judged by an earlier version; the details are there once it is judged again")


def for_learner(verdict: Verdict) -> Verdict:
    """Return what the learner may read of a verdict.

    Parameters
    ----------
    verdict : Verdict
        What was found. A verdict with public inputs is returned as it is.

    Returns
    -------
    Verdict
        The same points. The outcome of a spec that did not pass is that of its feedback.
    """
    if verdict.conditions.is_public:
        return verdict
    exercises = (
        replace(exercise, specs=tuple(map(_for_learner, exercise.specs)))
        for exercise in verdict.exercises
    )
    return replace(verdict, exercises=tuple(exercises))


def _for_learner(spec: SpecVerdict) -> SpecVerdict:
    told = spec.feedback
    if spec.passed:  # what it printed can be an input
        return replace(spec, output="")
    if spec.outcome is Outcome.GRADER_ERROR:
        return _without_details(spec, OURS)
    if told is None:
        return _without_details(spec, UNKNOWN)
    if told.outcome is Outcome.GRADER_ERROR:
        return _without_details(spec)
    return replace(
        spec,
        outcome=told.outcome,
        message=told.message,
        mistake=told.mistake,
        output=told.output,
        hints=told.hints,
        cause=told.cause,
    )


def _without_details(spec: SpecVerdict, message: Text = "") -> SpecVerdict:
    return replace(spec, message=message, mistake=None, output="", hints=(), cause="")


def command_for(exercise: ExerciseVerdict, verdict: Verdict) -> str:
    """Return the command with which the learner reproduces the messages on an exercise.

    Parameters
    ----------
    exercise : ExerciseVerdict
        One of the exercises of `verdict`.
    verdict : Verdict
        Result of `for_learner`.

    Returns
    -------
    str
        Command line; empty if no message shows what was found with the public inputs.
    """
    if exercise.on_reference:
        return ""
    ran = (one for one in exercise.specs if not one.passed and not one.outcome.is_waiting)
    shown = any(
        one.message != "" and (verdict.conditions.is_public or _is_reproducible(one)) for one in ran
    )
    return f"pytest exercises/{exercise.name}" if shown else ""


def _is_reproducible(spec: SpecVerdict) -> bool:
    told = spec.feedback
    return told is not None and not told.kept and spec.outcome is not Outcome.GRADER_ERROR


def differs_for_learner(spec: SpecVerdict) -> bool:
    """Return whether the learner reads something else on a spec than what was found."""
    told = spec.feedback
    if told is None:
        return False
    return (told.outcome, told.message) != (spec.outcome, spec.message)
