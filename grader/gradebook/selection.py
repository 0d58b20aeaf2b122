"""Selects which rows of a class are shown: by section, or published marks only."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.rows import GradebookEntry, Row, in_sections, rows
from grader.gradebook.standing import standings
from grader.messages.listing import listed
from grader.roster.roster import Export


def rows_to_show(
    entries: Sequence[GradebookEntry],
    journal: Journal,
    published: bool,
    warn: Callable[[str], None],
) -> list[Row]:
    """Return the rows of the gradebook, with current marks or with published marks only.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        The entries to show.
    journal : Journal
        Verdicts and marks.
    published : bool
        Whether to show published marks only, as they were when they were published.
    warn : callable
        Called with a warning that names the submissions without published marks.

    Raises
    ------
    JournalError
        If none of the entries has published marks.
    """
    scope = journal.graded.exercise
    standing = standings(journal.lines, published=published, scope=scope)
    found = rows(entries, journal, standing)
    if not found and published:
        of = f" of {scope}" if scope else ""
        raise JournalError(
            f"{journal.path}: no marks{of} are published yet; publish them with `grader publish`, "
            "or leave --published out"
        )
    if left := [entry.pending.name for entry in entries if entry.pending.name not in standing]:
        warn(f"not published yet, and so not in the reports: {listed(left)}")
    return found


def warn_of_lost(journal: Journal, known: Collection[str], warn: Callable[[str], None]) -> None:
    """Warn about marks whose submission is missing: it may have been renamed.

    Parameters
    ----------
    journal : Journal
        Verdicts and marks.
    known : collection of str
        Names of all submissions.
    warn : callable
        Called with a warning that names the missing submissions.
    """
    marked = {name for name, one in standings(journal.lines).items() if one.marks}
    if lost := sorted(marked.difference(known)):
        warn(
            f"marks set by hand on submissions that are no longer there: {listed(lost)}; no id "
            "says who they are now, so look at them with `grader audit`, and set them again with "
            "`grader mark`"
        )


def of_sections(
    entries: Sequence[GradebookEntry], sections: Collection[str], warn: Callable[[str], None]
) -> list[GradebookEntry]:
    """Return the entries of learners in some sections.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the whole class.
    sections : collection of str
        Names of sections on the roster.
    warn : callable
        Called with a warning that names the submissions that match no learner on the roster.
    """
    chosen = in_sections(entries, sections)
    if unknown := [entry.pending.name for entry in entries if entry.learner is None]:
        warn(f"not on the roster, and so in no section: {listed(unknown)}")
    return chosen


def narrowed(export: Export, found: Sequence[Row]) -> Export:
    """Return a roster with only the learners that have a row.

    A report for a platform then leaves the marks of all other learners unchanged.

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
