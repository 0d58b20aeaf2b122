"""Describes an exception in a learner's code, in terms that may cross the wire."""

import linecache
import os
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from grader.messages.message import Message, Text, cut
from grader.worker.error_hints import clue
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
        Name of the file, without its folder.
    line : int
        Line number, from 1.
    code : str
        That line, stripped.
    module : str, default ""
        The module of the submission that it belongs to.
    column : int, default 0
        Where in that line, from 1, a syntax error was found; 0 if that is not known.
    """

    file: str
    line: int
    code: str
    module: str = ""
    column: int = 0


@dataclass(frozen=True)
class ExceptionReport:
    """What is told of an exception in the learner's code.

    Attributes
    ----------
    type : str
        Name of its class.
    message : str or Message
        Its text; ours only where the code around the learner's has raised it.
    frames : tuple of TracebackLine
        The learner's own lines that led to it, outermost first.
    imported : str or None
        For a failed import, the module that it is about.
    importing : str or None
        If it happened while a file of hers was being imported, the name of that file.
    clue : str or Message, default ""
        What may be behind it, as `grader.worker.error_hints.clue` says it.
    """

    type: str
    message: Text
    frames: tuple[TracebackLine, ...]
    imported: str | None = None
    importing: str | None = None
    clue: Text = ""


def describe(error: BaseException, sources: Mapping[str, Source]) -> ExceptionReport:
    """Tell of an exception in the learner's code, in words that may cross.

    Parameters
    ----------
    error : BaseException
        The exception.
    sources : mapping of str to Source
        Her modules: only lines of these are told.

    Returns
    -------
    ExceptionReport
        The exception's name, text, and her own lines.
    """
    modules = _modules_by_filename(sources)
    steps = [step for step in steps_of(error) if step[0] in modules][-MAX_FRAMES:]
    frames = [_frame(file, line, modules[file]) for file, line, _ in steps]
    if frames and isinstance(error, SyntaxError):
        frames[-1] = replace(frames[-1], column=_column_of(error))
    imported = getattr(error, "name", None) if isinstance(error, ImportError) else None
    return ExceptionReport(
        type=type(error).__name__[:MAX_CODE],
        message=cut(text_of(error), MAX_MESSAGE),
        frames=tuple(frames),
        imported=imported if isinstance(imported, str) else None,
        importing=frames[-1].file if steps and steps[-1][2] else None,
        clue=cut(clue(error), MAX_CODE),
    )


def _frame(file: str, line: int, module: str) -> TracebackLine:
    code = linecache.getline(file, line).strip()[:MAX_CODE]
    return TracebackLine(os.path.basename(file), line, code, module)


def _column_of(error: SyntaxError) -> int:
    """Where in its stripped line a syntax error is."""
    text, offset = error.text, error.offset
    if not isinstance(text, str) or not isinstance(offset, int):
        return 0
    indent = len(text) - len(text.lstrip())
    return max(0, min(offset - indent, MAX_CODE))


def _modules_by_filename(sources: Mapping[str, Source]) -> dict[str, str]:
    return {file: module for module, source in sources.items() for file in source.parts()}


def text_of(error: BaseException) -> Text:
    """The text of an exception: a message, if it was raised with one."""
    raised = error.msg if isinstance(error, SyntaxError) else next(iter(error.args), "")
    return raised if type(raised) is Message else message_of(error)


def message_of(error: BaseException) -> str:
    """The text of an exception, which may be of the learner's own making and fail in turn."""
    try:
        if isinstance(error, SyntaxError):
            return str(error.msg)
        if isinstance(error, KeyError) and error.args:
            return str(error.args[0])
        if isinstance(error, RecursionError):
            return str(error).split(" while ")[0].split(" in ")[0]  # where, is a matter of chance
        return str(error)
    except BaseException:
        return "(its text cannot be had)"


def steps_of(error: BaseException) -> Iterator[tuple[str, int, bool]]:
    """File and line of each step of a traceback, and whether a module was being imported there."""
    traceback = error.__traceback__
    while traceback is not None:
        code = traceback.tb_frame.f_code
        yield code.co_filename, traceback.tb_lineno, code.co_name == "<module>"
        traceback = traceback.tb_next
    if isinstance(error, SyntaxError) and isinstance(error.filename, str):
        yield error.filename, error.lineno if isinstance(error.lineno, int) else 1, True


def own_traceback(error: BaseException, sources: Mapping[str, Source]) -> Any:
    """The part of a traceback from the learner's first line to her last.

    Parameters
    ----------
    error : BaseException
        The exception.
    sources : mapping of str to Source
        Her modules.

    Returns
    -------
    types.TracebackType or None
        A traceback whose deepest frame is hers, where a debugger should open. None if she has no
        part in it.
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
