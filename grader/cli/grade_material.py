"""The first step of ``grader grade``: reads the submissions, the roster and the other lists."""

from dataclasses import dataclass, replace
from pathlib import Path

from grader.cli.grade_request import ClassLists, GradeRequest
from grader.cli.options import warn
from grader.course.course import Course
from grader.course.limits import Limits
from grader.course.settings import current_course
from grader.gradebook import selection
from grader.gradebook.arrivals import Arrivals, has_times, read_arrivals
from grader.gradebook.journal import JournalError
from grader.gradebook.rows import GradebookEntry, check_names, entries_of
from grader.judging.follow_through import check_reference
from grader.messages.escaping import shown
from grader.messages.listing import listed
from grader.reports import registry
from grader.roster.roster import Export, read_export
from grader.submissions.class_folder import Collected, collect


@dataclass(frozen=True)
class Material:
    """Everything that is read before judging starts.

    Attributes
    ----------
    course : Course
        The course, with the follow-through policy of the request.
    limits : Limits
        Limits of the course, as changed by ``--limit``.
    collected : Collected
        The submissions that were found.
    export : Export or None
        The roster; None without ``--roster``.
    entries : list of GradebookEntry
        One for each row of the gradebook; for a class, only those of the chosen sections.
    names : frozenset of str
        Names of all entries, including other sections; empty for a single submission.
    arrivals : Arrivals
        Arrival times and extensions.
    """

    course: Course
    limits: Limits
    collected: Collected
    export: Export | None
    entries: list[GradebookEntry]
    names: frozenset[str]
    arrivals: Arrivals


def read(request: GradeRequest) -> Material:
    """Read the course, the submissions, the roster, and the lists of times and extensions.

    Parameters
    ----------
    request : GradeRequest
        The options of the command.

    Raises
    ------
    CommandError
        If a file cannot be read, or an option does not apply to what was found.
    """
    judging, lists, output = request.judging, request.lists, request.output
    course = current_course()
    if judging.follow_through:
        course = replace(course, follow_through=judging.follow_through)
    if course.follow_through != "off":
        check_reference(course)
    limits = course.limits.changed(judging.limits)
    only = course.named(judging.exercise) if judging.exercise else None
    export = read_export(lists.roster) if lists.roster else None
    collected = collect(request.path, course, limits, only, request.is_class, lists.pattern)
    request.check_kind(collected.is_class)
    taken = [*request.files_read, *([output.json_file] if output.json_file else [])]
    registry.check(output.reports, export, output.assignment, taken)
    learners = tuple(export.learners.values()) if export else None
    entries = entries_of(collected, learners)
    if not collected.is_class:  # no rows for other learners on the roster
        entries = [entry for entry in entries if entry.handed_in]
        return Material(course, limits, collected, export, entries, frozenset(), Arrivals())
    _check_outside(request.journal, request.path)
    if hidden := collected.hidden:
        warn(f"not graded, as the name begins with a dot: {listed(hidden)} (rename to grade)")
    if unnamed := collected.unnamed:
        warn(f"--names does not fit, so each counts as a learner: {listed(map(shown, unnamed))}")
    names = frozenset(entry.pending.name for entry in entries)
    arrivals = _read_arrivals(lists, entries, export, course)  # of all, who may have namesakes
    if lists.sections:
        entries = selection.of_sections(entries, lists.sections, warn)
    check_names(entries, judging.regrade)
    return Material(course, limits, collected, export, entries, names, arrivals)


def _read_arrivals(
    lists: ClassLists, entries: list[GradebookEntry], export: Export | None, course: Course
) -> Arrivals:
    """Read arrival times from ``--times``, or else from the roster and from names in the class."""
    times = lists.times
    if times is None and has_times(export) and course.deadlines.due:
        times = lists.roster
    named = entries if lists.times is None else ()
    return read_arrivals(times, lists.extensions, entries, course, warn, named)


def _check_outside(journal: Path, path: Path) -> None:
    if journal.resolve().is_relative_to(path.resolve()):
        raise JournalError(
            f"{journal} would be inside the class folder; name a file elsewhere with --journal"
        )
