"""Training by central differences: right to many digits, and thousands of times too slow.

Neither the values nor the time tell a learner what is wrong. The code does.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from grader.messages.explanation import Explanation, Part
from grader.messages.message import Message, english
from grader.mistakes.traces import parsed
from grader.verdicts.finding import Finding
from grader.verdicts.origin import begins_earlier
from grader.verdicts.verdict import Outcome
from grader.worker.source import Source

SLOW = "numerical_gradient"


def slow_calls(source: Source) -> dict[str, str]:
    """Return the functions that call `numerical_gradient`, each with the place of the call.

    Parameters
    ----------
    source : Source
        The learner's module.

    Returns
    -------
    dict of str to str
        By name of the function: ``mnist.py:65``; without `numerical_gradient` itself, and none of
        what `parsed` does not parse.
    """
    found: dict[str, str] = {}
    for filename, text in source.parts().items():
        tree = parsed(text) if SLOW in text else None
        for function in ast.walk(tree) if tree else ():
            if isinstance(function, ast.FunctionDef) and function.name != SLOW:
                for line in _calls_in(function):
                    found.setdefault(function.name, f"{Path(filename).name}:{line}")
    return found


def _calls_in(function: ast.FunctionDef) -> Iterator[int]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name == SLOW:
                yield node.lineno


def tell_slow_call(function: str, place: str) -> Message:
    """Return the sentence about the slow way that a function takes.

    Parameters
    ----------
    function, place : str
        An item of `slow_calls`.
    """
    return english(
        "{function} calls numerical_gradient ({place}): that takes two forward passes for each "
        "parameter; back-propagation takes one of each for all of them",
        function=function,
        place=place,
    )


def _told_by(spec: str, calls: Mapping[str, str]) -> Message | None:
    """Return the sentence about the function in the name of a spec, if it takes the slow way."""
    for function, place in calls.items():
        if re.search(rf"(?<!numerical)_{re.escape(function)}(?:_|$)", spec):
            return tell_slow_call(function, place)
    return None


def with_slow_call(found: Finding, spec: str, calls: Mapping[str, str]) -> Finding:
    """Say in a finding that the function of a spec takes the slow way, if it does.

    Parameters
    ----------
    found : Finding
        Why the spec did not pass.
    spec : str
        Name of the spec, which contains that of the function.
    calls : mapping of str to str
        Result of `slow_calls`.

    Returns
    -------
    Finding
        Unchanged if a known mistake or an earlier exercise is named, or if the spec neither
        compared values nor ran out of time.
    """
    message, told = found.message, _told_by(spec, calls)
    if told is None or found.mistake is not None or begins_earlier(message) is not None:
        return found
    if found.outcome is Outcome.TIMED_OUT:
        parts = message.parts if isinstance(message, Explanation) else (Part("", message),)
    elif found.outcome is Outcome.FAILED and isinstance(message, Explanation):
        parts = message.parts
    else:
        return found
    return replace(found, message=Explanation((*parts, Part("perhaps", told))))
