"""Serialization of verdicts as plain JSON values."""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, get_type_hints

from grader.messages.explanation import pack_reason, unpack_reason
from grader.messages.message import Text, pack, unpack
from grader.verdicts.verdict import (
    Basis,
    Conditions,
    ExerciseVerdict,
    Feedback,
    Outcome,
    SpecVerdict,
    Tier,
    Verdict,
)

_T = TypeVar("_T")


def plain_of(verdict: Verdict) -> dict[str, Any]:
    """Convert a verdict to plain JSON values, with texts converted by `pack`.

    This takes a tenth of the time of `dataclasses.asdict`.

    Parameters
    ----------
    verdict : Verdict
        Its fields are shared with the result, which must not be modified.
    """
    exercises = [
        {**vars(exercise), "specs": [plain_spec(spec) for spec in exercise.specs]}
        for exercise in verdict.exercises
    ]
    notes, conditions = [pack(note) for note in verdict.notes], vars(verdict.conditions)
    return {**vars(verdict), "exercises": exercises, "conditions": conditions, "notes": notes}


def plain_spec(spec: SpecVerdict) -> dict[str, Any]:
    """Convert a verdict on a spec to plain JSON values.

    Parameters
    ----------
    spec : SpecVerdict
        Its fields are shared with the result, which must not be modified.
    """
    if spec.message == "" and not spec.hints and spec.feedback is None:
        return vars(spec)
    return {**_plain_texts(spec), "feedback": spec.feedback and _plain_texts(spec.feedback)}


def _plain_texts(found: SpecVerdict | Feedback) -> dict[str, Any]:
    message, hints = pack_reason(found.message), [pack(hint) for hint in found.hints]
    return {**vars(found), "message": message, "hints": hints}


def verdict_from(content: dict[str, Any]) -> Verdict:
    """Return the verdict that `plain_of` converted to `content`."""
    conditions = {**content["conditions"], "sandbox": _texts(content["conditions"]["sandbox"])}
    if not all(isinstance(limit, int | float) for limit in conditions["limits"].values()):
        raise TypeError("a limit is no number")
    exercises = tuple(
        build(
            ExerciseVerdict,
            {
                **exercise,
                "specs": tuple(map(read_spec, exercise["specs"])),
                "through": tuple(map(Outcome, exercise.get("through", ()))),
                "basis": Basis(exercise.get("basis", Basis.JUDGED)),
                "on_reference": _texts(exercise.get("on_reference", [])),
            },
        )
        for exercise in content["exercises"]
    )
    made = {"conditions": build(Conditions, conditions), "exercises": exercises}
    return build(Verdict, {**content, **made, "notes": _messages(content["notes"])})


def read_spec(content: dict[str, Any]) -> SpecVerdict:
    """Return the verdict on a spec that `plain_spec` converted to `content`.

    Parameters
    ----------
    content : dict
        Fields by name.

    Raises
    ------
    KeyError, TypeError, ValueError
        If a field is missing or has an invalid value.
    """
    told = content.get("feedback")  # journals before version 4 have none
    made = {
        "tier": Tier(content["tier"]),
        "feedback": None if told is None else build(Feedback, {**told, **_read_texts(told)}),
    }
    return build(SpecVerdict, {**content, **_read_texts(content), **made})


def _read_texts(content: dict[str, Any]) -> dict[str, Any]:
    return {
        "outcome": Outcome(content["outcome"]),
        "hints": _messages(content["hints"]),
        "message": unpack_reason(content.get("message", "")),
    }


def _messages(content: Any) -> tuple[Text, ...]:
    if not isinstance(content, list):
        raise TypeError("what should be a list of texts is none")
    return tuple(map(unpack, content))


def _texts(content: Any) -> tuple[str, ...]:
    if not isinstance(content, list) or not all(isinstance(text, str) for text in content):
        raise TypeError("what should be a list of texts is none")
    return tuple(content)


_hints: Callable[[type], dict[str, Any]] = cache(get_type_hints)


def build(kind: type[_T], content: dict[str, Any]) -> _T:
    """Create a dataclass after checking that strings, integers and booleans have their types."""
    for name, hint in _hints(kind).items():
        if name not in content:
            continue  # use the default; without one, the call below raises a TypeError
        value = content[name]
        if (hint is str and not isinstance(value, str)) or (hint is int and type(value) is not int):
            raise TypeError(f"{name} is {type(value).__name__}")
        if hint == str | None and not isinstance(value, str | None):
            raise TypeError(f"{name} is {type(value).__name__}")
        if hint == int | None and value is not None and type(value) is not int:
            raise TypeError(f"{name} is {type(value).__name__}")
        if hint is bool and type(value) is not bool:
            raise TypeError(f"{name} is {type(value).__name__}")
    return kind(**content)
