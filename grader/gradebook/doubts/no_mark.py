"""Decides whether a row has a mark, in one place for the platforms and all reports.

Zero is a judgement: it needs work that could be judged. Otherwise there is no mark, for a reason.
"""

from collections.abc import Sequence

from grader.messages.explanation import Explanation, Reason
from grader.verdicts.verdict import Basis, ExerciseVerdict, SpecVerdict

KINDS = {
    Basis.NOTHING: "not recognised",
    Basis.MISSING: "not handed in",
    Basis.UNREADABLE: "unreadable",
    Basis.NOT_LOADED: "did not load",
    Basis.WAITING: "needs an earlier exercise",
}
"""Why nothing was judged, in a few words."""

_IN_DOUBT = (Basis.UNREADABLE, Basis.WAITING)
"""What would count as 0 among other exercises, though nobody knows what it is worth."""


def why_no_mark(
    exercises: Sequence[ExerciseVerdict],
    *,
    by_hand: int,
    handed_in: bool,
    zero: bool = False,
) -> str:
    """Return why there is no mark, or an empty string if there is one.

    Of several exercises, one that was left out or does not load counts as 0 if another one was
    judged: the hand-in was the right one. One that cannot be read leaves the sum unknown.

    Parameters
    ----------
    exercises : sequence of ExerciseVerdict
        The exercises whose points were not set by hand.
    by_hand : int
        Number of exercises whose points were set by hand.
    handed_in : bool
        Whether there is a submission.
    zero : bool, default False
        Whether the instructor wants 0 for what cannot be judged.
    """
    if any(one.has_grader_error for one in exercises):
        return "the grader itself failed on their work"
    if not handed_in:
        return "" if by_hand else "nothing was handed in"
    doubtful = _IN_DOUBT if not zero else (Basis.WAITING,)
    for one in exercises:
        if one.basis in doubtful:
            return why_unjudged(one)
    if zero or by_hand or any(one.basis is Basis.JUDGED for one in exercises):
        return ""
    return why_unjudged(exercises[0]) if exercises else ""


def why_unjudged(exercise: ExerciseVerdict) -> str:
    """Return why an exercise was not judged, as ``did not load: SyntaxError: ... (affine.py:3)``.

    Parameters
    ----------
    exercise : ExerciseVerdict
        An exercise with another basis than `Basis.JUDGED`.
    """
    told = without_type(
        _line(next((one for one in exercise.specs if not one.passed), None)), exercise
    )
    return ": ".join(filter(None, (KINDS[exercise.basis], told)))


def without_type(told: str, exercise: ExerciseVerdict) -> str:
    """Return what was raised, without a type that nobody raised: of a file that cannot be read.

    Parameters
    ----------
    told : str
        What is told about the first promise of the exercise.
    exercise : ExerciseVerdict
        The exercise. The worker raises a SyntaxError in place of an unreadable file.
    """
    return told.removeprefix("SyntaxError: ") if exercise.basis is Basis.UNREADABLE else told


def _line(spec: SpecVerdict | None) -> str:
    message: Reason = spec.message if spec else ""
    if not isinstance(message, Explanation):
        return " ".join(str(message).split())
    said = {part.label: " ".join(str(part.text).split(" ^")[0].split()) for part in message.parts}
    place = f" ({said['at'].split(' ')[0]})" if "at" in said else ""
    return f"{said.get('raised') or said.get('', '')}{place}"
