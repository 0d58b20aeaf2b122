"""What a failure has in common with others of the same cause, if that can be known."""

import re

from grader.messages.message import Message, Text
from grader.mistakes.reasons.call_log import called_in
from grader.specs.assertions import Mismatch
from grader.specs.run import NotTried
from grader.transport.student import StudentError
from grader.verdicts.finding import resting_on
from grader.worker.exception_report import ExceptionReport

_OF_VALUES = (
    "{number} of {all} values; the first at [{place}]: {found} instead of {wanted}",
    "{found} instead of {wanted}",
)
"""Descriptions of a difference that hold for any wrong numbers."""

_SHAPE = re.compile(r"\([\d, ]*\)")


def cause_of(error: BaseException) -> str:
    """Return a text that is equal for failures of the same cause.

    These are exceptions of the same type at the same line, and answers of the same function that
    are wrong in the same way: nothing is returned, a shape is wrong, all values have the wrong
    sign. Wrong values alone say nothing about their cause.

    Parameters
    ----------
    error : BaseException
        Exception that ended a spec.

    Returns
    -------
    str
        Empty if the cause is unknown.
    """
    match error:
        case StudentError():
            return _of_exception(error.report)
        case Mismatch():
            return _of_mismatch(error)
        case NotTried():
            return cause_of(error.why) or resting_on(error.spec)
    return ""


def _of_exception(report: ExceptionReport) -> str:
    if not report.frames:
        return f"{report.type}: {report.message}"
    frame = report.frames[-1]
    return f"{report.type} at {frame.file}:{frame.line}"


def _of_mismatch(error: Mismatch) -> str:
    way = _way(error.difference)
    where = (called_in(error.asked) if error.asked else "") or str(error.what)
    path = "".join(f"[{key!r}]" for key in error.path)
    return f"{where}{path}: {way}" if way else ""


def _way(difference: Text) -> str:
    """Return how an answer is wrong, without its numbers; empty if only some values differ."""
    first, *more = _pieces(difference)
    if not _is_of_values(first):
        return _SHAPE.sub("(...)", str(difference))
    remark = more[-1] if more else ""  # behind a separator
    is_of_all = isinstance(remark, Message) and remark.text.startswith(("all ", "it is "))
    return str(remark) if is_of_all else ""


def _pieces(text: Text) -> list[Text]:
    if isinstance(text, Message) and text.text.startswith("{p0}"):
        return [value for _, value in text.values if isinstance(value, str | Message)]
    return [text]


def _is_of_values(text: Text) -> bool:
    """Return whether a description is about numbers; those about kinds name them in messages."""
    if not isinstance(text, Message) or text.text not in _OF_VALUES:
        return False
    return not any(isinstance(value, Message) for _, value in text.values)
