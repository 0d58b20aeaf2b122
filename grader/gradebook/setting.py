"""Sets marks by hand and publishes them: what somebody says becomes a line of the journal."""

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

MAX_NEAR = 10  # names in a message that are like one that is not there


@dataclass(frozen=True)
class Published:
    """What became of publishing.

    Attributes
    ----------
    published, unchanged, unsettled : tuple of str
        Whose marks were published now, whose were already, and whose cannot be, since the grader
        itself failed on her work.
    to_review : tuple of str
        Those of the published with a mark whose verdict has changed since it was set.
    """

    published: tuple[str, ...]
    unchanged: tuple[str, ...]
    unsettled: tuple[str, ...]
    to_review: tuple[str, ...]


def submission_of(journal: Journal, name: str, roster: Sequence[Learner] = ()) -> str:
    """Find whose marks are meant: by the name of a submission, or as the roster writes it.

    Parameters
    ----------
    journal : Journal
        Held open.
    name : str
        As the journal or the table of the class has it.
    roster : sequence of Learner, default ()
        The class.

    Returns
    -------
    str
        Name of the submission.

    Raises
    ------
    JournalError
        If nobody is called so, or more than one submission may be meant.
    """
    found = standings(journal.lines)
    if name in found:
        return name
    index = Index(roster)
    meant = {number for number, learner in enumerate(roster) if learner.name == name}
    # Platforms put their identifier at the end of a name: bergbob_1002, Bob Berg_501.
    theirs = [one for one in found if meant.intersection(index.find(one, one.rpartition("_")[2]))]
    if len(theirs) == 1:
        return theirs[0]
    if theirs:
        raise JournalError(
            f"{journal.path}: {name!r} may be any of {listed(theirs)}; say which submission"
        )
    known = [*found, *(learner.name for learner in roster)]
    near = get_close_matches(name, known, MAX_NEAR, 0.3) or sorted(found)
    names = "those of submissions or of the roster" if roster else "those of submissions"
    hint = "" if roster else "; with --roster, also those of the roster"
    raise JournalError(
        f"{journal.path}: nobody in it is called {name!r}; names are {names}: "
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
    """Set a mark by hand, or withdraw what was set.

    Parameters
    ----------
    journal : Journal
        Held open.
    name : str
        Name of the submission, or of the learner as the roster has it.
    exercise : str
        On which exercise, by any of its names; `WHOLE` for a comment on all of it.
    points : int or None
        What it is to score.
    comment, reason : str
        What the learner is told, and what only instructors are.
    by : str
        Who sets it.
    withdrawn : bool, default False
        Whether what was set on the exercise is taken back.
    roster : sequence of Learner, default ()
        The class.

    Returns
    -------
    ManualMark
        It is on the disk.

    Raises
    ------
    JournalError
        If it cannot be set; nothing is written then.
    """
    name = submission_of(journal, name, roster)
    standing = standings(journal.lines)[name]
    exercise = _exercise(standing, exercise)
    if withdrawn:
        if points is not None or comment:
            raise JournalError("--withdraw sets nothing; leave --points and --comment out")
        if all(one.exercise != exercise for one in standing.marks):
            raise JournalError(
                f"{journal.path}: nothing is set by hand on {exercise or 'all of it'} of {name!r}; "
                "`grader audit` shows what is"
            )
    else:
        _check(standing.verdict, exercise, points, comment, reason)
    found = beneath(standing.verdict, exercise)
    mark = ManualMark(name, exercise, points, comment, reason, by, found, withdrawn, now())
    journal.decide(mark)
    return mark


def _exercise(standing: Standing, name: str) -> str:
    """The full name of an exercise that was judged or marked; what fits none stays as it is."""
    if name == WHOLE:
        return WHOLE
    judged = [one.name for one in standing.verdict.exercises]
    marked = [one.exercise for one in standing.marks]  # by an earlier set of exercises, perhaps
    return exercise_named(name, [*judged, *marked]) or name


def _check(verdict: Verdict, exercise: str, points: int | None, comment: str, reason: str) -> None:
    worth = {one.name: one.max_points for one in verdict.exercises}
    if exercise != WHOLE and exercise not in worth:
        raise JournalError(
            f"--exercise {exercise}: expected one that {verdict.name!r} was judged on: "
            f"{', '.join(worth)}"
        )
    if points is None:
        if not comment:
            raise JournalError("nothing is set: say --points with --reason, or --comment")
        return
    if exercise == WHOLE:
        raise JournalError("--points are those of an exercise; name it with --exercise")
    if not 0 <= points <= worth[exercise]:
        raise JournalError(
            f"--points {points}: expected 0 to {worth[exercise]}, which {exercise} is worth"
        )
    if not reason:
        raise JournalError("--points need a --reason, which instructors read and learners do not")


def publish(
    journal: Journal, names: Iterable[str], by: str, roster: Sequence[Learner] = ()
) -> Published:
    """Publish marks as they stand now.

    Parameters
    ----------
    journal : Journal
        Held open.
    names : iterable of str
        Whose, as for `set_mark`; everybody's if there are none.
    by : str
        Who publishes them.
    roster : sequence of Learner, default ()
        The class.

    Raises
    ------
    JournalError
        If somebody is not in the journal; nothing is published then.
    """
    everybody = standings(journal.lines)
    chosen = {name: everybody[name] for name in (submission_of(journal, n, roster) for n in names)}
    chosen = chosen or dict(sorted(everybody.items()))
    unsettled = [name for name, one in chosen.items() if one.has_grader_error]
    unchanged = [n for n, one in chosen.items() if one.is_published and n not in unsettled]
    published = [name for name in chosen if name not in {*unsettled, *unchanged}]
    at = now()
    for name in published:
        one = chosen[name]
        journal.decide(Publication(name, one.digest, by, at))
    to_review = [name for name in published if chosen[name].to_review]
    return Published(tuple(published), tuple(unchanged), tuple(unsettled), tuple(to_review))
