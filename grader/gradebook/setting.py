"""Sets marks by hand, withdraws them, and publishes marks, as lines of the journal."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.gradebook.by_hand.wishes import Wish, mark_of
from grader.gradebook.journal import Journal, JournalError, now
from grader.gradebook.marks import ManualMark, Publication
from grader.gradebook.records.naming import submission_in
from grader.gradebook.standing import standings
from grader.roster.roster import Learner


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


def set_mark(
    journal: Journal,
    name: str,
    exercise: str,
    points: float | None,
    *,
    by: str,
    roster: Sequence[Learner] = (),
    excused: bool = False,
    comment: str = "",
    reason: str = "",
    withdrawn: bool = False,
) -> ManualMark:
    """Set a mark by hand, or withdraw the marks on an exercise.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    name, exercise, points
        What to set on what of whom, as in `Wish`.
    by : str
        Who sets the mark.
    roster : sequence of Learner, default ()
        The class, for a journal that was written without it.
    excused, comment, reason, withdrawn
        The rest of what to set, as in `Wish`.

    Returns
    -------
    ManualMark
        The mark, which has been written to the journal.

    Raises
    ------
    JournalError
        If the arguments are invalid; nothing is written then.
    """
    wish = Wish(name, exercise, points, excused, comment, reason, withdrawn)
    return set_wish(journal, wish, by, roster)


def set_wish(journal: Journal, wish: Wish, by: str, roster: Sequence[Learner] = ()) -> ManualMark:
    """Set a mark by hand, as `set_mark` does."""
    name = submission_in(journal.path, journal.lines, wish.name, roster)
    try:
        mark = mark_of(wish, standings(journal.lines)[name], by)
    except JournalError as error:
        raise JournalError(f"{journal.path}: {error}") from None
    journal.decide(mark)
    return mark


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
    meant = (submission_in(journal.path, journal.lines, name, roster) for name in names)
    chosen = {name: known[name] for name in meant}
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
