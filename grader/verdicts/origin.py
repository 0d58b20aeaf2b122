"""Where the reason for a failure is: in the exercise, or in an earlier one that it builds on.

An exercise that builds on a broken one fails, too, and often in the same way as a known mistake of
its own would. A spec that fails is therefore run again with the reference in the place of the
earlier exercises. What it does there tells the two apart.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.messages.explanation import Explanation, Part, Reason
from grader.messages.language import tell
from grader.messages.message import Message, english
from grader.verdicts.finding import Finding
from grader.verdicts.verdict import Outcome, SpecVerdict

KEPT_THERE = english("with correct earlier exercises, this promise is kept")
BROKEN_THERE = english("with correct earlier exercises, this promise is broken in another way")

_CLAIMS = ("at", "perhaps")
"""Labels of parts that say where or what a mistake may be."""


@dataclass(frozen=True)
class Again:
    """How a spec ended with the reference in the place of the earlier exercises.

    The code could read the reference there. So nothing that it returned or raised is kept.

    Attributes
    ----------
    outcome : Outcome
        Outcome of the spec.
    is_alike : bool, default False
        Whether it failed in the same way as with the learner's own exercises.
    """

    outcome: Outcome
    is_alike: bool = False


def begin_at(exercise: str) -> Message:
    """Return the sentence that sends a learner to an earlier exercise.

    Parameters
    ----------
    exercise : str
        Name of the first exercise that is not done, of those that this one builds on.
    """
    return english("{exercise} is not green; begin there", exercise=exercise)


_BEGIN = begin_at("").text


def located(found: Finding, earlier: str, again: Again | None) -> Finding:
    """Say first that an earlier exercise is not done, and then only what is this one's own.

    Parameters
    ----------
    found : Finding
        Why a spec did not pass with the learner's own earlier exercises.
    earlier : str
        Argument of `begin_at`.
    again : Again or None
        How the spec ended on the reference; None if it was not run there. It then remains open
        whose mistake it is, and no place and no mistake is named.

    Returns
    -------
    Finding
        The same outcome with another message. Hints belong to what it does on the reference, and
        are added later.
    """
    if found.outcome in (Outcome.NOT_STARTED, Outcome.GRADER_ERROR):
        return found
    cause = f"builds on {earlier}"
    if found.outcome is Outcome.BLOCKED or (again and again.is_alike):
        parts, cause = _parts(found.message), found.cause
    elif again is None:
        parts = tuple(_facts(found))
    elif again.outcome is Outcome.PASSED:
        parts = (Part("", KEPT_THERE),)
    else:
        parts, cause = () if again.outcome.is_waiting else (Part("", BROKEN_THERE),), ""
    told = Explanation((Part("", begin_at(earlier)), *parts))
    return replace(found, message=told, cause=cause)


def begun(spec: SpecVerdict, earlier: str) -> SpecVerdict:
    """Say first in a verdict that an earlier exercise is not done, unless nothing is wrong yet.

    Parameters
    ----------
    spec : SpecVerdict
        Verdict on a spec that is not run again on the reference.
    earlier : str
        Argument of `begin_at`.
    """
    if spec.outcome in (Outcome.PASSED, Outcome.NOT_STARTED, Outcome.GRADER_ERROR):
        return spec
    told = spec.feedback and replace(spec.feedback, message=_led(spec.feedback.message, earlier))
    return replace(spec, message=_led(spec.message, earlier), feedback=told)


def _led(message: Reason, earlier: str) -> Explanation:
    return Explanation((Part("", begin_at(earlier)), *_parts(message)))


def begins_earlier(reason: Reason) -> Part | None:
    """Return the part of a reason that sends the learner to an earlier exercise, if it has one."""
    match reason:
        case Explanation((Part(text=Message(text=text)) as part, *_)) if text == _BEGIN:
            return part
    return None


def told_to_begin(reason: Reason) -> str:
    """Return the sentence of `begin_at` in the current language, if a reason begins with it.

    Parameters
    ----------
    reason : str, Message or Explanation
        May have been translated before.
    """
    first = tell(reason).partition("\n")[0]
    before, after = tell(begin_at("\n")).split("\n")
    return first if first.startswith(before) and first.endswith(after) else ""


def _facts(found: Finding) -> Iterator[Part]:
    """Yield what was seen, without what it may be due to."""
    for part in _parts(found.message):
        if found.outcome is Outcome.TIMED_OUT and isinstance(part.text, str):
            # A learner's own pytest adds the place in the line below.
            yield replace(part, text=part.text.split("\n")[0])
        elif part.label not in _CLAIMS:
            yield part


def _parts(reason: Reason) -> tuple[Part, ...]:
    return reason.parts if isinstance(reason, Explanation) else (Part("", reason),)
