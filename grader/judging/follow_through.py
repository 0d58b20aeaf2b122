"""Follow-through marks: an exercise that fails, tried again on top of the reference.

What builds on an earlier exercise fails where that does. With the reference in the place of what it
builds on, it shows what it is worth by itself. Of that run only outcomes are kept, and nothing that
the code says: it has the reference beside it, and could tell it.
"""

import re
from collections.abc import Iterable, Mapping

from grader.course.course import Course, Exercise
from grader.errors import CourseError
from grader.verdicts.verdict import ExerciseVerdict, Outcome, Tier
from grader.worker.source import Source

_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+(\w+)", re.MULTILINE)


def on_top_of(
    exercise: Exercise,
    course: Course,
    handed_in: Mapping[str, Source],
    reference: Mapping[str, Source],
) -> dict[str, Source]:
    """A submission with the reference in the place of what an exercise builds on.

    Parameters
    ----------
    exercise : Exercise
        The exercise.
    course : Course
        Its course.
    handed_in : mapping of str to Source
        The modules of the submission, by name.
    reference : mapping of str to Source
        Those of the reference.

    Returns
    -------
    dict of str to Source
        The modules; none if it builds on nothing, or was not handed in.
    """
    if exercise.module not in handed_in or exercise.module not in reference:
        return {}
    order = [one.module for one in course.exercises]
    earlier = set(order[: order.index(exercise.module)]) & reference.keys()
    found: set[str] = set()
    coming = _imported([handed_in[exercise.module], reference[exercise.module]]) & earlier
    while coming:
        found |= coming
        coming = (_imported(reference[name] for name in coming) & earlier) - found
    return {**handed_in, **{name: reference[name] for name in found}} if found else {}


def check_reference(course: Course) -> None:
    """Make sure that there is what would take the place of earlier exercises.

    Parameters
    ----------
    course : Course
        The course.

    Raises
    ------
    CourseError
        If a reference is missing. The message says what to do.
    """
    for exercise in course.exercises:
        if not exercise.solution.is_file():
            raise CourseError(
                f"follow-through needs the reference {exercise.solution}, which is not there; "
                "grade in the course's own folder, or with --follow-through off"
            )


def _imported(sources: Iterable[Source]) -> set[str]:
    """The modules that are named in their imports, also where the code cannot be parsed."""
    return {
        name
        for source in sources
        for code in (source.text, *source.cells)
        for name in _IMPORT.findall(code)
    }


def may_be_due_to_another(verdict: ExerciseVerdict) -> bool:
    """Whether an exercise fails, and there is something of it that could pass.

    Parameters
    ----------
    verdict : ExerciseVerdict
        The verdict on it.
    """
    outcomes = {spec.outcome for spec in verdict.of(Tier.CORE)}
    failing = {Outcome.FAILED, Outcome.BLOCKED, Outcome.TIMED_OUT, Outcome.CRASHED}
    return bool(outcomes & failing) and Outcome.GRADER_ERROR not in outcomes
