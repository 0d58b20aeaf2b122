"""Explains what a spec asked for by a name that the learner's code has in another spelling."""

from dataclasses import replace

from grader.course.course import Exercise
from grader.course.spec_source import names_asked_for
from grader.messages.message import Text, english
from grader.specs.assertions import Mismatch
from grader.worker.exception_report import ExceptionReport
from grader.worker.hints.missing import ARGUMENT, KEY, Missing
from grader.worker.hints.near_names import nearest, nearest_key


def explained(report: ExceptionReport, exercise: Exercise) -> ExceptionReport:
    """Return a report of a missing name that says which one is there instead, if one is.

    Parameters
    ----------
    report : ExceptionReport
        What a learner's code raised.
    exercise : Exercise
        Exercise whose spec asked for the name.
    """
    missing = report.missing
    near = _near(missing, exercise) if missing else ""
    if missing is None or not near:
        return report
    # A base class raises NotImplementedError for a method that goes by another name.
    kind = "AttributeError" if report.type == "NotImplementedError" else report.type
    return replace(report, type=kind, message=_tell(missing, near), hint="")


def explain_unset(mismatch: Mismatch, exercise: Exercise) -> None:
    """Let the mismatch of an attribute that is None say which one was set in its place.

    Parameters
    ----------
    mismatch : Mismatch
        The mismatch, which is changed if there is such an attribute.
    exercise : Exercise
        Exercise whose spec asked for the attribute.
    """
    near = _near(mismatch.missing, exercise) if mismatch.missing else ""
    if near:
        told = english("it is still None; {name} was set: is that the one?", name=near)
        mismatch.difference, mismatch.hint = told, ""


def _near(missing: Missing, exercise: Exercise) -> str:
    """Return the name that is meant; never one that is asked for as well."""
    asked = names_asked_for(exercise.spec)
    others = [name for name in missing.names if name not in asked]
    return (nearest_key if missing.kind == KEY else nearest)(missing.name, others)


def _tell(missing: Missing, near: str) -> Text:
    who, name = missing.owner, missing.name
    if missing.kind == KEY:
        return english(
            "there is no key {name!r}; there is {near!r}: is that the one?", name=name, near=near
        )
    if missing.kind == ARGUMENT:
        return english(
            "{who} has no argument {name}; it has {near}: is that the one?",
            who=who,
            name=name,
            near=near,
        )
    if "." in who:  # a file
        return english(
            "{who} defines no {name}; it defines {near}: is that the one?",
            who=who,
            name=name,
            near=near,
        )
    return english(
        "{who} has no {name}; it has {near}: is that the one?", who=who, name=name, near=near
    )
