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
from grader.gradebook.people import people_of, submissions_named
from grader.gradebook.records.graded_class import GradedClass
from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import SEVERAL
from grader.gradebook.rows import GradebookEntry, entries_of
from grader.messages.escaping import shown
from grader.messages.listing import listed
from grader.reports import registry
from grader.reports.formats import canvas
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
    people : tuple of Identity
        Who is in the class, including other sections; empty for a single submission.
    regrade : frozenset of str
        Names of submissions to judge again even if nothing changed.
    """

    course: Course
    limits: Limits
    collected: Collected
    export: Export | None
    entries: list[GradebookEntry]
    names: frozenset[str]
    arrivals: Arrivals
    people: tuple[Identity, ...] = ()
    regrade: frozenset[str] = frozenset()

    def graded_class(self, request: GradeRequest) -> GradedClass:
        """Return the class that a journal is asked for.

        Parameters
        ----------
        request : GradeRequest
            The options of the command.
        """
        exercises = [one.name for one in self.collected.exercises]
        only = exercises[0] if len(exercises) == 1 else SEVERAL
        assignment = request.output.assignment
        is_of_canvas = any(one.format == "canvas" for one in request.output.reports)
        if self.export is not None and (assignment or is_of_canvas):
            assignment = canvas.assignment_in(self.export, assignment)
        return GradedClass(request.path.resolve(), only, assignment, self.people)


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
        from grader.judging.follow_through import check_reference  # here, as it loads NumPy

        check_reference(course)
    limits = course.limits.changed(judging.limits)
    only = course.named(judging.exercise) if judging.exercise else None
    export = read_export(lists.roster) if lists.roster else None
    collected = collect(request.path, course, limits, only, request.is_class, lists.pattern)
    request.check_kind(collected.is_class)
    taken = [*request.files_read, *([output.json_file] if output.json_file else [])]
    uploads = {one.name: one.uploads for one in collected.entries}
    registry.check(output.reports, export, output.assignment, taken, uploads)
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
    people = people_of(entries)
    arrivals = _read_arrivals(lists, entries, export, course)  # of all, who may have namesakes
    if lists.sections:
        entries = selection.of_sections(entries, lists.sections, warn)
    regrade = submissions_named(entries, judging.regrade, "--regrade")
    return Material(course, limits, collected, export, entries, names, arrivals, people, regrade)


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
