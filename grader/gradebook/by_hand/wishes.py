"""Marks that somebody wants to set, and whether they make sense."""

from dataclasses import dataclass

from grader.course.course import exercise_named
from grader.gradebook.journal import JournalError, now
from grader.gradebook.marks import WHOLE, ManualMark, beneath, whole
from grader.gradebook.standing import Standing
from grader.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Wish:
    """A mark that somebody wants to set.

    Attributes
    ----------
    name : str
        Name of the submission or of the learner, or an id.
    exercise : str, default `WHOLE`
        Any name of the exercise; `WHOLE` for a comment on the whole submission, or an excuse.
    points : float, optional
        Points for the exercise.
    excused : bool, default False
        Whether the exercise does not count for the learner.
    comment, reason : str, default ""
        Comment for the learner, and reason that only instructors read. Points and excuses need a
        reason.
    withdrawn : bool, default False
        Whether to withdraw all marks on the exercise instead.
    """

    name: str
    exercise: str = WHOLE
    points: float | None = None
    excused: bool = False
    comment: str = ""
    reason: str = ""
    withdrawn: bool = False


def mark_of(wish: Wish, standing: Standing, by: str) -> ManualMark:
    """Return the mark that is wished for, after checking that it makes sense.

    Parameters
    ----------
    wish : Wish
        The mark to set.
    standing : Standing
        The marks of the learner.
    by : str
        Who sets the mark.

    Raises
    ------
    JournalError
        If it makes no sense.
    """
    verdict = standing.verdict
    exercise = _exercise(standing, wish.exercise)
    if wish.withdrawn:
        if wish.points is not None or wish.comment or wish.excused:
            raise JournalError(
                "--withdraw cannot be combined with --points, --excused or --comment"
            )
        if all(one.exercise != exercise for one in standing.marks):
            raise JournalError(
                f"no mark is set by hand on {exercise or 'all of it'} of {verdict.name!r}; "
                "`grader audit` lists the marks"
            )
    else:
        _check(wish, verdict, exercise)
    return ManualMark(
        verdict.name,
        exercise,
        None if wish.points is None else whole(wish.points),
        wish.comment,
        wish.reason,
        by,
        beneath(verdict, exercise),
        wish.withdrawn,
        now(),
        wish.excused,
    )


def _exercise(standing: Standing, name: str) -> str:
    """Return the full name of an exercise that was judged or marked, or else `name` itself."""
    if name == WHOLE:
        return WHOLE
    judged = [one.name for one in standing.verdict.exercises]
    marked = [one.exercise for one in standing.marks]  # perhaps before the exercises changed
    return exercise_named(name, [*judged, *marked]) or name


def _check(wish: Wish, verdict: Verdict, exercise: str) -> None:
    worth = {one.name: one.max_points for one in verdict.exercises}
    if exercise != WHOLE and exercise not in worth:
        raise JournalError(
            f"--exercise {exercise}: expected an exercise that {verdict.name!r} was judged on: "
            f"{', '.join(worth)}"
        )
    if wish.excused:
        if wish.points is not None:
            raise JournalError("--excused cannot be combined with --points")
        if not wish.reason:
            raise JournalError("--excused needs a --reason, which only instructors read")
        return
    if wish.points is None:
        if not wish.comment:
            raise JournalError(
                "nothing to set: add --points or --excused with --reason, or --comment"
            )
        return
    if exercise == WHOLE:
        raise JournalError("--points needs an exercise; name one with --exercise")
    if not (0 <= wish.points <= worth[exercise] and float(2 * wish.points).is_integer()):
        raise JournalError(
            f"--points {wish.points}: expected 0 to {worth[exercise]}, the maximum for {exercise}, "
            "in steps of 0.5"
        )
    if not wish.reason:
        raise JournalError("--points needs a --reason, which only instructors read")
