"""Why a spec failed."""

from collections.abc import Sequence

import numpy as np

from grader.course.course import Course, Exercise
from grader.course.settings import find_course
from grader.messages.explanation import Explanation, Part, explain
from grader.messages.message import MISTAKES, STUBS, Message, Text, english, joined
from grader.messages.wrapping import columns
from grader.mistakes.known_failures import KnownMistake
from grader.specs.assertions import Mismatch
from grader.specs.display import show
from grader.transport.student import Crashed, StudentError, TimedOut
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome
from grader.worker.exception_report import ExceptionReport
from grader.worker.wire import Opaque

_PLAIN = (bool, int, float, str, list, tuple, dict, np.ndarray, np.generic, Opaque, type(None))
"""What an answer may be made of; a spec that was given one in place of an object stumbles."""

MAX_MISTAKES = 3


def diagnose(error: BaseException, exercise: Exercise, course: Course) -> Finding:
    """Find out what an exception that ended a spec means.

    Parameters
    ----------
    error : BaseException
        The exception.
    exercise : Exercise
        What the spec is about.
    course : Course
        Its course.

    Returns
    -------
    Finding
        The outcome and the reason.
    """
    match error:
        case StudentError():
            return _diagnose_exception(error.report, exercise, course)
        case Mismatch():
            return Finding(Outcome.FAILED, error.explanation())
        case AssertionError():
            # pytest adds the spec's own line behind the message, or puts it in place of one
            message = f"\n{error}".split("\nassert ")[0].strip()
            return Finding(Outcome.FAILED, message or english("the promise does not hold"))
        case TimedOut():
            return Finding(Outcome.TIMED_OUT, english("stopped   {why}", why=error.why))
        case Crashed():
            told = english("your code ended its own process: {why}", why=error.why)
            return Finding(Outcome.CRASHED, told)
        case AttributeError() if isinstance(error.obj, _PLAIN):
            wanted = english("an object that has {name}", name=error.name)
            shown = show(error.obj)
            return Finding(Outcome.FAILED, explain(("expected", wanted), ("returned", shown)))
    ours = english("the course itself failed here, not your code")
    found = explain(("", ours), ("", f"{type(error).__name__}: {error}"))
    return Finding(Outcome.GRADER_ERROR, found)


def hints_of(
    mistakes: Sequence[KnownMistake], exercise: Exercise
) -> tuple[tuple[Text, ...], str | None]:
    """Help in steps for who made one of these mistakes.

    Parameters
    ----------
    mistakes : sequence of KnownMistake
        Mistakes that fail a spec as the learner's code does; too many give no hint.
    exercise : Exercise
        Whose they are.

    Returns
    -------
    hints : tuple of Message
        As in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str or None
        The names of the mistakes.
    """
    if not 0 < len(mistakes) <= MAX_MISTAKES:
        return (), None
    hints: list[Text] = [Message(mistakes[0].hint, home=MISTAKES)]
    if mistakes[0].title:  # without one, it was not handed out
        hints.append(_named([(Message(one.title, home=MISTAKES), one.place) for one in mistakes]))
    course = find_course(exercise.root)
    shown = tuple(hints[: course.hints if course else None])
    return shown, ", ".join(one.name for one in mistakes)


def _named(mistakes: Sequence[tuple[Text, str]]) -> Text:
    """Their titles and places; a place that is that of all comes once, at the end."""
    either = english(" or: ")
    titles, places = zip(*mistakes, strict=True)
    if len(set(places)) == 1:
        return english("{title}, in {place}", title=joined(titles, either), place=places[0])
    return joined(
        [english("{title}, in {place}", title=title, place=place) for title, place in mistakes],
        either,
    )


def _diagnose_exception(report: ExceptionReport, exercise: Exercise, course: Course) -> Finding:
    modules = course.by_module()
    not_written = report.type == "NotImplementedError"
    if report.imported == exercise.module and report.type == "ModuleNotFoundError":
        return Finding(
            Outcome.NOT_STARTED, english("{file} was not handed in", file=exercise.filename)
        )
    if report.imported in modules and report.imported != exercise.module:
        needed = modules[report.imported]
        why = english("it needs {exercise}, but {why}", exercise=needed.name, why=report.message)
        return Finding(Outcome.BLOCKED, why)
    place = report.frames[-1].module if report.frames else exercise.module
    earlier = modules.get(place, exercise)
    if earlier == exercise:
        outcome = Outcome.NOT_STARTED if not_written and report.frames else Outcome.FAILED
        if outcome is Outcome.NOT_STARTED:
            return Finding(outcome, _of_stub(report))
        return Finding(outcome, _tell_exception(report))
    if not_written:
        needs = english(
            "it needs {exercise}, which is not written yet: {what}",
            exercise=earlier.name,
            what=_of_stub(report),
        )
        return Finding(Outcome.BLOCKED, needs)
    if report.importing:
        needs = english("it needs {exercise}, which cannot be imported", exercise=earlier.name)
        told = _tell_exception(report)
        return Finding(Outcome.BLOCKED, Explanation((Part("", needs), *told.parts)))
    return Finding(Outcome.FAILED, _tell_exception(report))


def _of_stub(report: ExceptionReport) -> Text:
    """What a stub says is to be written, which has a translation if it is the course's own."""
    text = report.message
    return Message(text, home=STUBS) if isinstance(text, str) else text


def _tell_exception(report: ExceptionReport) -> Explanation:
    """Explain an exception, with the learner's lines that led to it, the deepest last."""
    what = joined([f"{report.type}: ", report.message]) if report.message != "" else report.type
    if report.type == "SystemExit":
        what = english("your code called sys.exit()")
    parts: list[tuple[str, Text]] = [("raised", what)]
    for frame in report.frames[-3:]:
        place = f"{frame.file}:{frame.line}    "
        line = f"{place}{frame.code}".rstrip()
        pointer = f"\n{' ' * (columns(place) + frame.column - 1)}^" if frame.column else ""
        parts.append(("at", line + pointer))
    return explain(*parts, ("perhaps", report.hint))
