"""What a learner is told about a spec that did not pass with the hidden inputs.

The marks come from hidden inputs, which are the same for everybody. A learner who read values that
belong to them could hand these in instead of a solution. Feedback therefore comes from a run with
the public inputs, those of the learner's own pytest, which shows the same values. If a promise is
kept there, the feedback names a property that differs with the hidden inputs: words from a fixed
list, without a value, an index or a text of the submission.
"""

from collections.abc import Iterator
from dataclasses import replace

from grader.messages.explanation import Explanation, Part, Reason, explain
from grader.messages.message import Message, Text, english
from grader.verdicts.origin import begins_earlier
from grader.verdicts.verdict import ExerciseVerdict, Feedback, Outcome, SpecVerdict

KEPT = english("kept with the inputs of your own pytest, but broken with other inputs")
WITHHELD = english("your own pytest cannot show this: the promise is not in the handout")

_SHAPE = english("the shape")
_NUMBER = english("the number of values")
_KIND = english("the kind of value")
_MISSING = english("a value is missing")
_FACTOR = english("all values, by a factor")
_SIGN = english("all values, by their sign")
_ORDER = english("the order of the axes")
_OFFSET = english("all values, by the same amount")
_PLACE = english("only some values, in one row or column")
_ZERO = english("only values that should be 0")
_WHOLE = english("all values, which are cut off to whole numbers")
_VALUES = english("the values")

PROPERTIES = {
    "shape {found} instead of {wanted}": _SHAPE,
    "{number} values were expected": _NUMBER,
    "{number} values were expected, not {found}": _NUMBER,
    "the key {key!r} is missing": _MISSING,
    "the key {key!r} is missing; there is {near!r}: is that the one?": _MISSING,
    "it is None": _MISSING,
    "it is None; there is {near!r}: is that the one?": _MISSING,
    "nothing was returned: is a `return` missing?": _MISSING,
    "it is still None: nothing was assigned to it": _MISSING,
    "it is still None; {name} was set: is that the one?": _MISSING,
    "an array was expected": _KIND,
    "a number was expected": _KIND,
    "it is a method that was not called": _KIND,
    "it is a tuple of one": _KIND,
    "it is a list of the right numbers": _KIND,
    "it is a {kind} of {number}": _KIND,
    "a dict was expected": _KIND,
    "an object that has {name}": _KIND,
    "booleans": _KIND,
    "integers": _KIND,
    "floats": _KIND,
    "complex numbers": _KIND,
    "it is transposed": _ORDER,
    "all are cut off to whole numbers": _WHOLE,
    "all have the wrong sign": _SIGN,
    "all are 1/{divisor} of what they should be": _FACTOR,
    "all are {factor} times what they should be": _FACTOR,
    "it is 100 times what it should be, like a percentage": _FACTOR,
    "it is 1/100 of what it should be": _FACTOR,
    "all are off by {number}": _OFFSET,
    "only row {number} is wrong": _PLACE,
    "only column {number} is wrong": _PLACE,
    "only where 0 is expected": _ZERO,
}
"""The property for each description of a difference in `grader.specs`; others are `_VALUES`."""


def with_feedback(
    found: SpecVerdict, public: SpecVerdict | None, *, handed_out: bool = True
) -> SpecVerdict:
    """Add to a verdict what the learner is told.

    Parameters
    ----------
    found : SpecVerdict
        Verdict with the hidden inputs.
    public : SpecVerdict or None
        Verdict on the same spec with the public inputs, or `found` itself if it depends on no
        input; None if there is none, since the grader failed.
    handed_out : bool, default True
        Whether learners have the spec.

    Returns
    -------
    SpecVerdict
        The same verdict, with feedback unless the spec passed.
    """
    if found.passed:
        return found
    if public is None or Outcome.GRADER_ERROR in (found.outcome, public.outcome):
        return replace(found, feedback=Feedback(Outcome.GRADER_ERROR))
    if public.passed:
        ended = found.outcome in (Outcome.TIMED_OUT, Outcome.CRASHED)
        outcome = found.outcome if ended else Outcome.FAILED
        told = Feedback(outcome, _tell_property(found), output=public.output, kept=True)
        return replace(found, feedback=told)
    message = public.message if handed_out else _withheld(public.message)
    told = Feedback(
        public.outcome,
        message,
        public.mistake,
        public.output,
        public.hints,
        cause=public.cause,
    )
    return replace(found, feedback=told)


def named_as_told(found: ExerciseVerdict) -> ExerciseVerdict | None:
    """Name the mistakes that the feedback names, if the same is broken with the public inputs.

    How a mistake fails with these is written down. With the hidden inputs it has to be run.

    Parameters
    ----------
    found : ExerciseVerdict
        Verdict that names no mistake.

    Returns
    -------
    ExerciseVerdict or None
        None if the feedback does not tell the mistake behind each failure.
    """
    if not all(spec.passed or _is_told(spec) for spec in found.specs):
        return None
    named = (
        replace(spec, hints=spec.feedback.hints, mistake=spec.feedback.mistake)
        if spec.feedback
        else spec
        for spec in found.specs
    )
    return replace(found, specs=tuple(named))


def _is_told(spec: SpecVerdict) -> bool:
    told = spec.feedback
    if told is None or told.kept or (told.outcome, told.cause) != (spec.outcome, spec.cause):
        return False
    return told.mistake is not None or told.outcome.is_waiting


def _withheld(message: Reason) -> Explanation:
    parts = message.parts if isinstance(message, Explanation) else (Part("", message),)
    return Explanation((*parts, Part("", WITHHELD)))


def _tell_property(found: SpecVerdict) -> Explanation:
    """Tell in words from a fixed list how a promise is broken with the hidden inputs."""
    if first := begins_earlier(found.message):
        return Explanation((first, Part("", KEPT)))
    match found.outcome:
        case Outcome.TIMED_OUT:
            return explain(("", KEPT), ("", english("it takes too long")))
        case Outcome.CRASHED:
            return explain(("", KEPT), ("", english("it ends its own process")))
    parts = found.message.parts if isinstance(found.message, Explanation) else ()
    if any(part.label == "raised" for part in parts) or found.outcome is not Outcome.FAILED:
        return explain(("", KEPT), ("", english("it raises an exception")))
    if not parts:
        return explain(("", KEPT))
    described = [part.text for part in parts if part.label in ("differs", "expected")]
    known = (PROPERTIES[text] for text in _templates(described) if text in PROPERTIES)
    return explain(("", KEPT), ("differs", next(known, _VALUES)))


def _templates(texts: list[Text]) -> Iterator[str]:
    """Yield the untranslated texts of messages and of the messages in them."""
    for text in texts:
        if isinstance(text, Message):
            yield text.text
            yield from _templates([v for _, v in text.values if isinstance(v, str | Message)])
