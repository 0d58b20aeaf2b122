"""Judging on top of the reference solution: follow-through marks, and stand-ins.

An exercise fails if an earlier one that it builds on is wrong. Replacing the earlier exercises by
the reference shows what the exercise is worth on its own: follow-through, if the course wants it.

With one assignment for each exercise, learners hand in ``two_layer_net.py`` alone, as their own
``affine.py`` is in another assignment. The reference then stands in for what is not there.

Only the outcomes of such a run are kept, never messages or output: the code can read the reference
and could print it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from grader.course.course import Course, Exercise
from grader.course.dependencies import builds_on, needed_by
from grader.errors import CourseError
from grader.messages.message import english
from grader.mistakes.earlier import FindGround, Ground, first_undone
from grader.verdicts.conditions import solutions_version
from grader.verdicts.origin import begun
from grader.verdicts.verdict import (
    Basis,
    ExerciseVerdict,
    Feedback,
    Outcome,
    SpecVerdict,
    Tier,
)
from grader.worker.source import Source

# Follow-through


def on_top_of(
    exercise: Exercise,
    course: Course,
    handed_in: Mapping[str, Source],
    reference: Mapping[str, Source],
) -> dict[str, Source]:
    """Return a submission in which the reference replaces what an exercise builds on.

    Parameters
    ----------
    exercise : Exercise
        Exercise to be judged again.
    course : Course
        Course of the exercise, which defines the earlier exercises.
    handed_in : mapping of str to Source
        Modules of the submission, by name.
    reference : mapping of str to Source
        Modules of the reference solution, by name.

    Returns
    -------
    dict of str to Source
        Modules by name; empty if the exercise builds on nothing or was not handed in.
    """
    if exercise.module not in handed_in or exercise.module not in reference:
        return {}
    found = builds_on(exercise, course, reference, handed_in[exercise.module])
    return {**handed_in, **{name: reference[name] for name in found}} if found else {}


def ground_of(
    exercise: Exercise,
    course: Course,
    handed_in: Mapping[str, Source],
    reference: Mapping[str, Source],
    is_done: Callable[[Exercise], bool],
) -> Ground | None:
    """Return what an exercise stands on; None if all that it builds on is done.

    Parameters
    ----------
    exercise, course, handed_in, reference
        Arguments of `on_top_of`.
    is_done : callable
        Returns whether core of an exercise passes that was handed in.
    """

    def is_firm(one: Exercise) -> bool:
        return is_done(one) if one.module in handed_in else one.module in reference

    earlier = first_undone(exercise, course, handed_in, is_firm)
    firm = on_top_of(exercise, course, handed_in, reference) if earlier else {}
    return Ground(earlier, firm) if earlier else None


def check_reference(course: Course) -> None:
    """Check that all exercises of a course have a reference solution.

    Raises
    ------
    CourseError
        If a reference solution is missing. The message says what to do.
    """
    for exercise in course.exercises:
        if not exercise.solution.is_file():
            raise CourseError(
                f"follow-through needs the reference {exercise.solution}, which does not exist; "
                "grade in the course's own folder, or with --follow-through off"
            )


def may_be_due_to_another(verdict: ExerciseVerdict) -> bool:
    """Return whether an exercise fails, possibly because of an earlier exercise."""
    outcomes = {spec.outcome for spec in verdict.of(Tier.CORE)}
    failing = {Outcome.FAILED, Outcome.BLOCKED, Outcome.TIMED_OUT, Outcome.CRASHED}
    return bool(outcomes & failing) and Outcome.GRADER_ERROR not in outcomes


# Stand-ins


def needed_exercises(
    exercise: Exercise,
    course: Course,
    handed_in: Mapping[str, Source],
    reference: Mapping[str, Source],
) -> list[Exercise]:
    """Return the earlier exercises that an exercise builds on, handed in or not.

    Parameters
    ----------
    exercise : Exercise
        An exercise that was handed in.
    course, handed_in, reference
        Arguments of `on_top_of`.
    """
    found = builds_on(exercise, course, reference, handed_in[exercise.module])
    found |= needed_by(exercise, course)
    return [one for one in course.exercises if one.module in found]


def with_stand_ins(
    found: ExerciseVerdict,
    needed: Sequence[Exercise],
    handed_in: Mapping[str, Source],
    reference: Mapping[str, Source],
    outcomes_with: Callable[[dict[str, Source]], Sequence[Outcome]],
) -> ExerciseVerdict:
    """Return the verdict on an exercise, judged again if it lacks an earlier one.

    Parameters
    ----------
    found : ExerciseVerdict
        Verdict on the exercise as it was handed in.
    needed : sequence of Exercise
        Result of `needed_exercises`.
    handed_in, reference : mapping of str to Source
        Arguments of `on_top_of`.
    outcomes_with : callable
        Judges the exercise with these modules, and returns the outcome of each spec.

    Returns
    -------
    ExerciseVerdict
        The same verdict if nothing is missing, or if that is not why specs fail.
    """
    absent = [one for one in needed if one.module not in handed_in]
    if absent and may_be_due_to_another(found):
        if all(one.module in reference for one in absent):
            stood_in = {one.module: reference[one.module] for one in absent}
            present = [one.name for one in needed if one.module in handed_in]
            outcomes = outcomes_with({**handed_in, **stood_in})
            other = _outcomes_only(found, outcomes, absent, present)
            found = other if _is_blocked(found) or other.points > found.points else found
        elif _is_blocked(found):
            return replace(found, basis=Basis.WAITING)
    unreadable = any(handed_in[one.module].problem for one in needed if one.module in handed_in)
    return replace(found, basis=Basis.UNREADABLE) if unreadable and _is_blocked(found) else found


def begun_beside(verdict: ExerciseVerdict, find_ground: FindGround) -> ExerciseVerdict:
    """Say first, beside stand-ins, which exercise of the learner's own is not done."""
    ground = None if all(spec.passed for spec in verdict.specs) else find_ground()
    if ground is None:
        return verdict
    return replace(verdict, specs=tuple(begun(spec, ground.earlier) for spec in verdict.specs))


def _outcomes_only(
    found: ExerciseVerdict,
    outcomes: Sequence[Outcome],
    absent: Sequence[Exercise],
    present: Sequence[str],
) -> ExerciseVerdict:
    names = tuple(one.name for one in absent)
    why = english(
        "judged with the course's own {exercises}, as no file of it was handed in; "
        "your own pytest shows the details",
        exercises=", ".join(names),
    )

    blocked = english(
        "it needs {exercises}: not all of that is written yet and can be imported",
        exercises=", ".join(present),
    )
    waiting = Outcome.NOT_STARTED, Outcome.BLOCKED
    # Learners read whether a promise is kept, and no more: an outcome can be chosen, too.
    failure = outcomes[0] if len(set(outcomes)) == 1 and outcomes[0] in waiting else Outcome.FAILED

    def with_outcome(spec: SpecVerdict, outcome: Outcome) -> SpecVerdict:
        passed = outcome is Outcome.PASSED
        message = blocked if outcome is Outcome.BLOCKED else why
        told = Feedback(failure, message)
        if outcome is Outcome.GRADER_ERROR:
            told = Feedback(Outcome.GRADER_ERROR)
        return SpecVerdict(
            spec.name,
            spec.promise,
            spec.tier,
            outcome,
            spec.max_points,
            "" if passed else message,
            feedback=None if passed else told,
        )

    specs = tuple(map(with_outcome, found.specs, outcomes))
    version = solutions_version(absent)
    return ExerciseVerdict(found.name, specs, on_reference=names, reference=version)


def _is_blocked(verdict: ExerciseVerdict) -> bool:
    return any(spec.outcome is Outcome.BLOCKED for spec in verdict.specs)
