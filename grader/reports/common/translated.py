"""A row of the gradebook in the language of its learner."""

from dataclasses import replace
from functools import partial
from typing import TypeVar

from grader.course.course import Course
from grader.gradebook.rows import Row
from grader.messages.language import tell, translate
from grader.messages.message import SPECS
from grader.verdicts.verdict import ExerciseVerdict, Feedback, SpecVerdict

_Found = TypeVar("_Found", SpecVerdict, Feedback)


def translated(row: Row, course: Course) -> Row:
    """Say what was found in the language that is spoken.

    Parameters
    ----------
    row : Row
        As the judge found it.
    course : Course
        Its catalogues have what specs, mistakes and stubs say.

    Returns
    -------
    Row
        The same outcomes and points, with plain texts.
    """
    said = partial(tell, root=course.root)
    verdict = row.verdict
    exercises = tuple(_exercise(one, course) for one in verdict.exercises)
    notes = tuple(map(said, verdict.notes))
    late = tuple(replace(one, reason=said(one.reason)) for one in row.late)
    return replace(row, verdict=replace(verdict, exercises=exercises, notes=notes), late=late)


def _exercise(verdict: ExerciseVerdict, course: Course) -> ExerciseVerdict:
    return replace(verdict, specs=tuple(_spec(spec, course) for spec in verdict.specs))


def _spec(spec: SpecVerdict, course: Course) -> SpecVerdict:
    promise = translate(spec.promise, course.root / SPECS)
    told = spec.feedback and _said(spec.feedback, course)
    return replace(_said(spec, course), promise=promise, feedback=told)


def _said(found: _Found, course: Course) -> _Found:
    message = tell(found.message, course.root)
    hints = tuple(tell(hint, course.root) for hint in found.hints)
    return replace(found, message=message, hints=hints)
