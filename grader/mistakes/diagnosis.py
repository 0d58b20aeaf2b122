"""Why a spec failed."""

import re
from collections.abc import Sequence

import numpy as np

from grader.course.course import Course, Exercise
from grader.course.settings import find_course
from grader.messages.language import retell, say, translate
from grader.messages.wrapping import columns, wrap
from grader.mistakes.known_failures import KnownMistake
from grader.specs.assertions import Mismatch
from grader.specs.display import show
from grader.transport.student import Crashed, StudentError, TimedOut
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import WIDTH, Outcome
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
            return Finding(Outcome.FAILED, str(_retell(error, exercise)))
        case AssertionError():
            # pytest adds the spec's own line behind the message, or puts it in place of one
            message = f"\n{error}".split("\nassert ")[0].strip()
            return Finding(Outcome.FAILED, message or say("the promise does not hold"))
        case TimedOut():
            return Finding(Outcome.TIMED_OUT, say("stopped   {why}", why=retell(str(error))))
        case Crashed():
            return Finding(
                Outcome.CRASHED, say("your code ended its own process: {why}", why=error)
            )
        case AttributeError() if isinstance(error.obj, _PLAIN):
            wanted = say("an object that has {name}", name=error.name)
            found = f"{say('expected  ')}{wanted}\n{say('returned  ')}{show(error.obj)}"
            return Finding(Outcome.FAILED, found)
    ours = say("the course itself failed here, not your code")
    return Finding(Outcome.GRADER_ERROR, f"{ours}\n{type(error).__name__}: {error}")


def _retell(error: Mismatch, exercise: Exercise) -> Mismatch:
    """The same, with what the spec itself says in the language that is spoken."""
    folder = exercise.spec.parent
    index = "".join(re.findall(r"(?:\[[^\[\]]*\])+$", error.what))  # which `assert_matches` adds
    what = retell(error.what.removesuffix(index), folder) + index
    told = Mismatch(what, error.returned, error.expected, retell(error.difference, folder))
    told.hint = error.hint
    return told


def hints_of(
    mistakes: Sequence[KnownMistake], exercise: Exercise
) -> tuple[tuple[str, ...], str | None]:
    """Help in steps for who made one of these mistakes.

    Parameters
    ----------
    mistakes : sequence of KnownMistake
        Those that fail a spec as her code does. If they are too many, they say nothing.
    exercise : Exercise
        Whose they are.

    Returns
    -------
    hints : tuple of str
        As in `grader.verdicts.verdict.SpecVerdict`.
    mistake : str or None
        The names of the mistakes.
    """
    if not 0 < len(mistakes) <= MAX_MISTAKES:
        return (), None
    folder = exercise.mistakes.parent
    hints = [translate(mistakes[0].hint, folder)]
    if mistakes[0].title:  # without one, it was not handed out
        hints.append(_named([(translate(one.title, folder), one.place) for one in mistakes]))
    course = find_course(exercise.root)
    shown = tuple(hints[: course.hints if course else None])
    return shown, ", ".join(one.name for one in mistakes)


def _named(mistakes: Sequence[tuple[str, str]]) -> str:
    """Their titles and places; a place that is that of all comes once, at the end."""
    either = say(" or: ")
    titles, places = zip(*mistakes, strict=True)
    if len(set(places)) == 1:
        return say("{title}, in {place}", title=either.join(titles), place=places[0])
    return either.join(
        say("{title}, in {place}", title=title, place=place) for title, place in mistakes
    )


def _diagnose_exception(report: ExceptionReport, exercise: Exercise, course: Course) -> Finding:
    modules = course.by_module()
    not_written = report.type == "NotImplementedError"
    if report.imported == exercise.module and report.type == "ModuleNotFoundError":
        return Finding(Outcome.NOT_STARTED, say("{file} was not handed in", file=exercise.filename))
    if report.imported in modules and report.imported != exercise.module:
        needed = modules[report.imported]
        why = say("it needs {exercise}, but {why}", exercise=needed.name, why=report.message)
        return Finding(Outcome.BLOCKED, why)
    place = report.frames[-1].module if report.frames else exercise.module
    earlier = modules.get(place, exercise)
    if earlier == exercise:
        outcome = Outcome.NOT_STARTED if not_written and report.frames else Outcome.FAILED
        if outcome is Outcome.NOT_STARTED:
            return Finding(outcome, translate(report.message, exercise.stub.parents[1]))
        return Finding(outcome, _tell_exception(report))
    if not_written:
        needs = say(
            "it needs {exercise}, which is not written yet: {what}",
            exercise=earlier.name,
            what=translate(report.message, exercise.stub.parents[1]),
        )
        return Finding(Outcome.BLOCKED, needs)
    if report.importing:
        needs = say("it needs {exercise}, which cannot be imported", exercise=earlier.name)
        return Finding(Outcome.BLOCKED, f"{needs}\n{_tell_exception(report)}")
    return Finding(Outcome.FAILED, _tell_exception(report))


def _tell_exception(report: ExceptionReport) -> str:
    """An exception in the learner's code, and her own lines that led to it, deepest last."""
    message = retell(report.message)
    what = f"{report.type}: {message}" if message else report.type
    if report.type == "SystemExit":
        what = say("your code called sys.exit()")
    lines = [f"{say('raised    ')}{what}".replace("\n", "\n" + " " * 10)]
    for frame in report.frames[-3:]:
        place = f"{say('at        ')}{frame.file}:{frame.line}    "
        lines.append(f"{place}{frame.code}".rstrip())
        if frame.column:
            lines.append(" " * (columns(place) + frame.column - 1) + "^")
    if report.hint:
        lines += wrap(retell(report.hint), WIDTH, say("perhaps   "), " " * 10)
    return "\n".join(lines)
