"""Follow-through marks: a failing exercise judged again on top of the reference solution.

An exercise fails if an earlier one that it builds on is wrong. Replacing the earlier exercises by
the reference shows what the exercise is worth on its own. Only the outcomes of this run are kept,
never messages or output: the code can read the reference and could print it.
"""

from collections.abc import Mapping

from grader.course.course import Course, Exercise
from grader.course.dependencies import builds_on
from grader.errors import CourseError
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Tier
from grader.worker.source import Source


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
