"""Diagnosis of a spec that failed: its outcome, the reason, and hints."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from grader.course.course import Course, Exercise
from grader.course.dependencies import needed_by
from grader.course.modules import tell_missing
from grader.course.settings import find_course
from grader.messages.explanation import Explanation, Part, explain
from grader.messages.message import MISTAKES, STUBS, Message, Text, cut, english, joined
from grader.messages.wrapping import columns
from grader.mistakes.known_failures import KnownMistake
from grader.mistakes.reasons.call_log import calls_in_line
from grader.mistakes.reasons.cause import cause_of
from grader.mistakes.reasons.near_misses import explain_unset, explained
from grader.specs.assertions import Mismatch
from grader.specs.display import show
from grader.specs.run import NotTried
from grader.transport.student import Asked, Crashed, StudentError, TimedOut, TooMuch, Unusable
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome
from grader.worker.exception_report import ExceptionReport
from grader.worker.wire import MAX_MESSAGE, Opaque

_PLAIN = (bool, int, float, str, list, tuple, dict, np.ndarray, np.generic, Opaque, type(None))
"""Types of return values that are not objects of the learner's classes.

A spec that expects such an object raises an AttributeError if it gets one of these.
"""

MAX_MISTAKES = 3


def diagnose(error: BaseException, exercise: Exercise, course: Course) -> Finding:
    """Determine the outcome of a spec that raised an exception, and its cause.

    Parameters
    ----------
    error : BaseException
        Exception that ended the spec.
    exercise : Exercise
        Exercise that the spec belongs to.
    course : Course
        Provides the other exercises, in which the error may also be.

    Returns
    -------
    Finding
        Outcome, and the reason for the learner.
    """
    found = _diagnose(error, exercise, course)
    return found if found.outcome.is_waiting else replace(found, cause=cause_of(error))


def _diagnose(error: BaseException, exercise: Exercise, course: Course) -> Finding:
    match error:
        case StudentError():
            return _diagnose_exception(error, exercise, course)
        case Mismatch():
            explain_unset(error, exercise)
            return Finding(Outcome.FAILED, _tell_mismatch(error))
        case AssertionError():
            # pytest appends the source line of the spec, or uses it if there is no message.
            message = f"\n{error}".split("\nassert ")[0].strip()
            return Finding(Outcome.FAILED, message or english("the promise does not hold"))
        case NotTried():
            told = english("not tried, since this must hold first: {promise}", promise=error.first)
            return Finding(Outcome.FAILED, told)
        case TimedOut():
            stopped = english("stopped   {why}", why=error.why)
            why = explain(("", stopped), ("perhaps", error.hint)) if error.hint else stopped
            return Finding(Outcome.TIMED_OUT, why)
        case Crashed():
            told = english("your code ended its own process: {why}", why=error.why)
            return Finding(Outcome.CRASHED, told)
        case TooMuch():
            return Finding(Outcome.FAILED, error.why)
        case Unusable():
            return Finding(Outcome.FAILED, _tell_unusable(error))
        case AttributeError() if isinstance(error.obj, _PLAIN):
            return Finding(Outcome.FAILED, _tell_missing(error))
    ours = english("the course itself failed here, not your code")
    found = explain(("", ours), ("", f"{type(error).__name__}: {error}"))
    return Finding(Outcome.GRADER_ERROR, found)


def _tell_mismatch(error: Mismatch) -> Explanation:
    """Explain a mismatch, with the calls unless the spec has named what was checked so."""
    explanation = error.explanation()
    line = calls_in_line(error.asked) if error.asked else ""
    if line == "" or str(line) == str(error.what):
        return explanation
    checked = [one for one in explanation.parts if one.label == "checked"]
    return Explanation((*checked, Part("called", line), *explanation.parts[len(checked) :]))


def _tell_missing(error: AttributeError) -> Explanation:
    wanted = english("an object that has {name}", name=error.name)
    return explain(("expected", wanted), ("returned", show(error.obj)))


def _tell_unusable(unusable: Unusable) -> Explanation:
    """Explain that a spec could not work with what the learner's code returned."""
    error = unusable.error
    if isinstance(error, AttributeError) and isinstance(error.obj, _PLAIN):
        return _tell_missing(error)
    returned: tuple[str, Text] = ("returned", show(unusable.returned))
    if isinstance(error, MemoryError) and unusable.judge_mib is not None:
        told = english(
            "the judge may use {limit:,} MiB of memory for it, and that is not enough",
            limit=unusable.judge_mib,
        )
        return explain(returned, ("differs", told))
    why = cut(f"{type(error).__name__}: {error}", MAX_MESSAGE)
    told = english("this cannot be checked: {why}", why=why)
    return explain(returned, ("differs", told))


def hints_of(
    mistakes: Sequence[KnownMistake], exercise: Exercise
) -> tuple[tuple[Text, ...], str | None]:
    """Return the hints for a spec that fails like one of several known mistakes.

    Parameters
    ----------
    mistakes : sequence of KnownMistake
        Mistakes that fail the spec in the same way as the learner's code. If there are more than
        `MAX_MISTAKES`, there are no hints.
    exercise : Exercise
        Exercise that the mistakes belong to.

    Returns
    -------
    hints : tuple of Message
        As in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str or None
        Names of the mistakes, separated by commas.
    """
    if not 0 < len(mistakes) <= MAX_MISTAKES:
        return (), None
    hints: list[Text] = [Message(mistakes[0].hint, home=MISTAKES)]
    if mistakes[0].title:  # handouts may leave titles out
        hints.append(_named([(Message(one.title, home=MISTAKES), one.place) for one in mistakes]))
    course = find_course(exercise.root)
    shown = tuple(hints[: course.hints if course else None])
    return shown, ", ".join(one.name for one in mistakes)


def _named(mistakes: Sequence[tuple[Text, str]]) -> Text:
    """List titles of mistakes, and their places if known; one that all share comes at the end."""
    either = english(" or: ")
    titles, places = zip(*mistakes, strict=True)
    if len(set(places)) == 1:
        return _placed(joined(titles, either), places[0])
    return joined([_placed(title, place) for title, place in mistakes], either)


def _placed(title: Text, place: str) -> Text:
    return english("{title}, in {place}", title=title, place=place) if place else title


def _diagnose_exception(error: StudentError, exercise: Exercise, course: Course) -> Finding:
    report, asked = error.report, error.asked
    modules = course.by_module()
    report = explained(report, exercise)
    not_written = report.type == "NotImplementedError"
    if report.imported == exercise.module and report.type == "ModuleNotFoundError":
        return Finding(Outcome.NOT_STARTED, tell_missing(exercise))
    # Where an exception comes from is claimed by the learner's process. It can excuse this exercise
    # only by one that the exercise builds on.
    needed_modules = needed_by(exercise, course)
    if report.imported in needed_modules:
        needed = modules[report.imported]
        why = english("it needs {exercise}, but {why}", exercise=needed.name, why=report.message)
        return Finding(Outcome.BLOCKED, why)
    place = report.frames[-1].module if report.frames else exercise.module
    if place == exercise.module:
        outcome = Outcome.NOT_STARTED if not_written and report.frames else Outcome.FAILED
        if outcome is Outcome.NOT_STARTED:
            return Finding(outcome, _of_stub(report))
        return Finding(outcome, _tell_exception(report, asked))
    if place not in needed_modules:
        return Finding(Outcome.FAILED, _tell_exception(report, asked))
    earlier = modules[place]
    if not_written:
        needs = english(
            "it needs {exercise}, which is not written yet: {what}",
            exercise=earlier.name,
            what=_of_stub(report),
        )
        return Finding(Outcome.BLOCKED, needs)
    if report.importing == report.frames[-1].file:
        needs = english("it needs {exercise}, which cannot be imported", exercise=earlier.name)
        told = _tell_exception(report)
        return Finding(Outcome.BLOCKED, Explanation((Part("", needs), *told.parts)))
    return Finding(Outcome.FAILED, _tell_exception(report, asked))


def _of_stub(report: ExceptionReport) -> Text:
    """Return the message of a stub; if the stub is the course's own, it has a translation."""
    text = report.message
    return Message(text, home=STUBS) if isinstance(text, str) else text


def _tell_exception(report: ExceptionReport, asked: Asked | None = None) -> Explanation:
    """Explain an exception, with the learner's lines in its traceback, the innermost last.

    What was called is told only where a line of the learner raised it: what cannot be imported, or
    is not there, is the same for any inputs.
    """
    what = joined([f"{report.type}: ", report.message]) if report.message != "" else report.type
    if report.type == "SystemExit":
        what = english("your code called sys.exit()")
    parts: list[tuple[str, Text]] = [("raised", what)]
    for frame in report.frames[-3:]:
        place = f"{frame.file}:{frame.line}    "
        line = f"{place}{frame.code}".rstrip()
        pointer = f"\n{' ' * (columns(place) + frame.column - 1)}^" if frame.column else ""
        parts.append(("at", line + pointer))
    if asked and report.frames and not report.importing:
        parts.append(("called", calls_in_line(asked)))
    return explain(*parts, ("perhaps", report.hint))
