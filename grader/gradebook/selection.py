"""Which rows of a class are shown: all, those of some sections, or what is published of them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.rows import GradebookEntry, Row, in_sections, rows
from grader.gradebook.standing import standings
from grader.messages.listing import listed
from grader.roster.roster import Export


def rows_to_show(
    everybody: Sequence[GradebookEntry],
    journal: Journal,
    published: bool,
    tell: Callable[[str], None],
) -> list[Row]:
    """The gradebook with all that people have set, or with what they have published of it.

    Parameters
    ----------
    everybody : sequence of GradebookEntry
        Whose rows.
    journal : Journal
        Their verdicts and marks.
    published : bool
        Whether only published marks are shown.
    tell : callable
        Told who has nothing published.

    Raises
    ------
    JournalError
        If nothing at all is published.
    """
    standing = standings(journal.lines, published=published)
    found = rows(everybody, journal, standing)
    if not found and published:
        raise JournalError(
            f"{journal.path}: nothing of this is published yet; do so with `grader publish`, or "
            "leave --published out"
        )
    if left := [seat.entry.name for seat in everybody if seat.entry.name not in standing]:
        tell(f"not published yet, and so not in the reports: {listed(left)}")
    return found


def tell_of_lost(journal: Journal, known: Collection[str], tell: Callable[[str], None]) -> None:
    """Tell of marks whose submission is not there: it may have another name by now.

    Parameters
    ----------
    journal : Journal
        The marks.
    known : collection of str
        The names of all submissions.
    tell : callable
        Told of the others.
    """
    marked = {name for name, one in standings(journal.lines).items() if one.marks}
    if lost := sorted(marked.difference(known)):
        tell(f"marks set by hand on submissions that are not there now: {listed(lost)}")


def of_sections(
    everybody: Sequence[GradebookEntry], sections: Collection[str], tell: Callable[[str], None]
) -> list[GradebookEntry]:
    """Those of some sections.

    Parameters
    ----------
    everybody : sequence of GradebookEntry
        The whole class.
    sections : collection of str
        Names of sections on the roster.
    tell : callable
        Told which submissions are of no section, since nobody knows whose they are.
    """
    chosen = in_sections(everybody, sections)
    if unknown := [seat.entry.name for seat in everybody if seat.learner is None]:
        tell(f"of nobody on the roster, and so of no section: {listed(unknown)}")
    return chosen


def narrowed(export: Export, found: Sequence[Row]) -> Export:
    """A roster of those who have a row: a platform's file leaves all others as they are.

    Parameters
    ----------
    export : Export
        The whole roster.
    found : sequence of Row
        The rows that are shown.
    """
    learners = {row.learner for row in found}
    kept = {line: one for line, one in export.learners.items() if one in learners}
    return replace(export, learners=kept)
