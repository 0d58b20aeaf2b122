"""Describes an exception in a learner's code as plain data that can cross the wire."""

import linecache
import os
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.messages.message import Message, Text, cut
from grader.worker.hints.error_hints import error_hint, missing_of, name_of_unset, unset_in
from grader.worker.hints.missing import Missing
from grader.worker.source import Source
from grader.worker.wire import MAX_MESSAGE

MAX_FRAMES = 12
MAX_CODE = 200


@dataclass(frozen=True)
class TracebackLine:
    """One line of the learner's code in a traceback.

    Attributes
    ----------
    file : str
        File name without folder.
    line : int
        Line number, from 1.
    code : str
        Source of the line, stripped.
    module : str, default ""
        The module of the submission that the file belongs to.
    column : int, default 0
        Column of a syntax error in `code`, from 1; 0 if unknown.
    """

    file: str
    line: int
    code: str
    module: str = ""
    column: int = 0


@dataclass(frozen=True)
class ExceptionReport:
    """A description of an exception in the learner's code.

    Attributes
    ----------
    type : str
        Name of the exception's class.
    message : str or Message
        Message of the exception; one of ours only if code around the learner's raised it.
    frames : tuple of TracebackLine
        The lines of the learner's code in the traceback, outermost first.
    imported : str or None
        For an ImportError, the module that could not be imported.
    importing : str or None
        File name of the innermost module of the learner whose import ended with the exception.
    hint : str or Message, default ""
        The likely cause, from `grader.worker.hints.error_hints.error_hint`.
    unset : str, default ""
        The attribute that was None or missing where the exception was raised: ``Sigmoid.out``. Not
        if another was set in its place.
    missing : Missing, optional
        What a spec asked for and the learner's code lacks, if that raised the exception.
    """

    type: str
    message: Text
    frames: tuple[TracebackLine, ...]
    imported: str | None = None
    importing: str | None = None
    hint: Text = ""
    unset: str = ""
    missing: Missing | None = None


def describe(error: BaseException, sources: Mapping[str, Source]) -> ExceptionReport:
    """Describe an exception in the learner's code.

    Parameters
    ----------
    error : BaseException
        The exception, with its traceback.
    sources : mapping of str to Source
        The learner's modules; only their lines are reported.

    Returns
    -------
    ExceptionReport
        All texts are cut to the limits of this module.
    """
    modules = _modules_by_filename(sources)
    steps = [step for step in steps_of(error) if step[0] in modules]
    tops = [os.path.basename(file) for file, _, is_top in steps if is_top]
    frames = [_frame(file, line, modules[file]) for file, line, _ in steps[-MAX_FRAMES:]]
    if frames and isinstance(error, SyntaxError):
        frames[-1] = replace(frames[-1], column=_column_of(error))
    unset = unset_in(error)
    imported = getattr(error, "name", None) if isinstance(error, ImportError) else None
    return ExceptionReport(
        type=type(error).__name__[:MAX_CODE],
        message=cut(text_of(error), MAX_MESSAGE),
        frames=tuple(frames),
        imported=imported if isinstance(imported, str) else None,
        importing=tops[-1] if tops else None,
        hint=cut(error_hint(error, unset), MAX_CODE),
        unset=name_of_unset(error, unset)[:MAX_CODE],
        missing=missing_of(error),
    )


def _frame(file: str, line: int, module: str) -> TracebackLine:
    code = linecache.getline(file, line).strip()[:MAX_CODE]
    return TracebackLine(os.path.basename(file), line, code, module)


def _column_of(error: SyntaxError) -> int:
    """Return the column of a syntax error in its stripped line, from 1."""
    text, offset = error.text, error.offset
    if not isinstance(text, str) or not isinstance(offset, int):
        return 0
    indent = len(text) - len(text.lstrip())
    return max(0, min(offset - indent, MAX_CODE))


def _modules_by_filename(sources: Mapping[str, Source]) -> dict[str, str]:
    return {file: module for module, source in sources.items() for file in source.parts()}


def text_of(error: BaseException) -> Text:
    """Return the text of an exception: the `Message` that it was raised with, or else a str."""
    raised = error.msg if isinstance(error, SyntaxError) else next(iter(error.args), "")
    return raised if type(raised) is Message else message_of(error)


def message_of(error: BaseException) -> str:
    """Return the message of an exception; its `__str__` may be the learner's and may raise."""
    try:
        if isinstance(error, SyntaxError):
            return str(error.msg)
        if isinstance(error, KeyError) and error.args:
            return str(error.args[0])
        if isinstance(error, RecursionError):
            # The rest names where the limit was reached, which varies from run to run.
            return str(error).split(" while ")[0].split(" in ")[0]
        return str(error)
    except BaseException:
        return "(its message is not available)"


def steps_of(error: BaseException) -> Iterator[tuple[str, int, bool]]:
    """Yield the file and line of each traceback entry, and whether it is a module's top level."""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield code.co_filename, traceback.tb_lineno, code.co_name == "<module>"
        traceback = traceback.tb_next
    if isinstance(error, SyntaxError) and isinstance(error.filename, str):
        yield error.filename, error.lineno if isinstance(error.lineno, int) else 1, True


def own_traceback(error: BaseException, sources: Mapping[str, Source]) -> Any:
    """Return the part of a traceback from the learner's first frame to their last.

    Parameters
    ----------
    error : BaseException
        The exception, with its full traceback.
    sources : mapping of str to Source
        The learner's modules.

    Returns
    -------
    types.TracebackType or None
        A traceback whose deepest frame is in the learner's code, where a debugger should open. None
        if no frame is in the learner's code.
    """
    names = _modules_by_filename(sources)
    traceback, steps = error.__traceback__, []
    while traceback is not None:
        steps.append(traceback)
        traceback = traceback.tb_next
    own = [i for i, step in enumerate(steps) if step.tb_frame.f_code.co_filename in names]
    if not own:
        return None
    result: types.TracebackType | None = None
    for step in reversed(steps[own[0] : own[-1] + 1]):
        result = types.TracebackType(result, step.tb_frame, step.tb_lasti, step.tb_lineno)
    return result
