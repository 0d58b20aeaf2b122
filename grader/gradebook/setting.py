"""Sets marks by hand, withdraws them, and publishes marks, as lines of the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from grader.course.course import exercise_named
from grader.gradebook.journal import Journal, JournalError, now
from grader.gradebook.marks import WHOLE, ManualMark, Publication, beneath
from grader.gradebook.standing import Standing, standings
from grader.messages.listing import listed
from grader.roster.matching import Index
from grader.roster.roster import Learner
from grader.verdicts.verdict import Verdict

MAX_NEAR = 10  # similar names suggested for one that is unknown


@dataclass(frozen=True)
class Published:
    """The result of `publish`.

    Attributes
    ----------
    published : tuple of str
        Names of submissions whose marks were published now.
    unchanged : tuple of str
        Those whose marks had been published before in the same state.
    unsettled : tuple of str
        Those that were left out, since the grader itself failed on them.
    to_review : tuple of str
        Those of `published` with a mark whose verdict has changed since the mark was set.
    """

    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    unsettled: tuple[str, ...]
    to_review: tuple[str, ...]


def submission_of(journal: Journal, name: str, roster: Sequence[Learner] = ()) -> str:
    """Find a submission by its own name, or by the name of the learner in the roster.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    name : str
        Name of the submission or of the learner.
    roster : sequence of Learner, default ()
        The class. Without it, only names of submissions are found.

    Returns
    -------
    str
        Name of the submission.

    Raises
    ------
    JournalError
        If no submission fits the name, or more than one does.
    """
    found = standings(journal.lines)
    if name in found:
        return name
    index = Index(roster)
    meant = {number for number, learner in enumerate(roster) if learner.name == name}
    # Platforms append an identifier to the name: bergbob_1002, Bob Berg_501.
    theirs = [one for one in found if meant.intersection(index.find(one, one.rpartition("_")[2]))]
    if len(theirs) == 1:
        return theirs[0]
    if theirs:
        raise JournalError(
            f"{journal.path}: {name!r} fits several submissions: {listed(theirs)}; name one of them"
        )
    known = [*found, *(learner.name for learner in roster)]
    near = get_close_matches(name, known, MAX_NEAR, 0.3) or sorted(found)
    expected = "a submission or of a learner on the roster" if roster else "a submission"
    hint = "" if roster else "; with --roster, a learner's name can be used, too"
    raise JournalError(
        f"{journal.path}: expected the name of {expected}, found {name!r}; known names: "
        f"{listed(dict.fromkeys(near)) or 'none'}{hint}"
    )


def set_mark(
    journal: Journal,
    name: str,
    exercise: str,
    points: int | None,
    *,
    comment: str,
    reason: str,
    by: str,
    withdrawn: bool = False,
    roster: Sequence[Learner] = (),
) -> ManualMark:
    """Set a mark by hand, or withdraw the marks on an exercise.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    name : str
        Name of the submission, or of the learner in the roster.
    exercise : str
        Any name of the exercise; `WHOLE` for a comment on the whole submission.
    points : int or None
        Points for the exercise; None for a comment only.
    comment, reason : str
        Comment for the learner, and reason that only instructors read. Points need a reason.
    by : str
        Who sets the mark.
    withdrawn : bool, default False
        Whether to withdraw all marks on the exercise instead.
    roster : sequence of Learner, default ()
        The class, to find a learner by name.

    Returns
    -------
    ManualMark
        The mark, which has been written to the journal.

    Raises
    ------
    JournalError
        If the arguments are invalid; nothing is written then.
    """
    name = submission_of(journal, name, roster)
    standing = standings(journal.lines)[name]
    exercise = _exercise(standing, exercise)
    if withdrawn:
        if points is not None or comment:
            raise JournalError("--withdraw cannot be combined with --points or --comment")
        if all(one.exercise != exercise for one in standing.marks):
            raise JournalError(
                f"{journal.path}: no mark is set by hand on {exercise or 'all of it'} of {name!r}; "
                "`grader audit` lists the marks"
            )
    else:
        _check(standing.verdict, exercise, points, comment, reason)
    found = beneath(standing.verdict, exercise)
    mark = ManualMark(name, exercise, points, comment, reason, by, found, withdrawn, now())
    journal.decide(mark)
    return mark


def _exercise(standing: Standing, name: str) -> str:
    """Return the full name of an exercise that was judged or marked, or else `name` itself."""
    if name == WHOLE:
        return WHOLE
    judged = [one.name for one in standing.verdict.exercises]
    marked = [one.exercise for one in standing.marks]  # perhaps before the exercises changed
    return exercise_named(name, [*judged, *marked]) or name


def _check(verdict: Verdict, exercise: str, points: int | None, comment: str, reason: str) -> None:
    worth = {one.name: one.max_points for one in verdict.exercises}
    if exercise != WHOLE and exercise not in worth:
        raise JournalError(
            f"--exercise {exercise}: expected an exercise that {verdict.name!r} was judged on: "
            f"{', '.join(worth)}"
        )
    if points is None:
        if not comment:
            raise JournalError("nothing to set: add --points with --reason, or --comment")
        return
    if exercise == WHOLE:
        raise JournalError("--points needs an exercise; name one with --exercise")
    if not 0 <= points <= worth[exercise]:
        raise JournalError(
            f"--points {points}: expected 0 to {worth[exercise]}, the maximum for {exercise}"
        )
    if not reason:
        raise JournalError("--points needs a --reason, which only instructors read")


def publish(
    journal: Journal, names: Iterable[str], by: str, roster: Sequence[Learner] = ()
) -> Published:
    """Publish marks in their current state.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    names : iterable of str
        Names of submissions or learners; all submissions if empty.
    by : str
        Who publishes the marks.
    roster : sequence of Learner, default ()
        The class, to find learners by name.

    Raises
    ------
    JournalError
        If a name is not found; nothing is published then.
    """
    known = standings(journal.lines)
    chosen = {name: known[name] for name in (submission_of(journal, n, roster) for n in names)}
    chosen = chosen or dict(sorted(known.items()))
    unsettled = [name for name, one in chosen.items() if one.has_grader_error]
    unchanged = [n for n, one in chosen.items() if one.is_published and n not in unsettled]
    published = [name for name in chosen if name not in {*unsettled, *unchanged}]
    at = now()
    for name in published:
        one = chosen[name]
        journal.decide(Publication(name, one.digest, by, at))
    to_review = [name for name in published if chosen[name].to_review]
    return Published(tuple(published), tuple(unchanged), tuple(unsettled), tuple(to_review))
