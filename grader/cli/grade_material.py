"""The first step of ``grader grade``: reads what was handed in, and what is known of the class."""

from dataclasses import dataclass, replace
from pathlib import Path

from grader.cli.grade_request import ClassLists, GradeRequest
from grader.cli.options import warn
from grader.course.course import Course
from grader.course.limits import Limits
from grader.course.settings import current_course
from grader.gradebook import lateness, selection
from grader.gradebook.journal import JournalError
from grader.gradebook.lateness import Arrivals
from grader.gradebook.rows import GradebookEntry, check_names, entries_of
from grader.judging.follow_through import check_reference
from grader.reports import registry
from grader.roster.roster import Export, read_export
from grader.submissions.class_folder import Collected, collect


@dataclass(frozen=True)
class Material:
    """What was read before anything is judged.

    Attributes
    ----------
    course : Course
        With the policy for follow-through that was asked for.
    limits : Limits
        What a submission may take.
    collected : Collected
        What was handed in.
    export : Export or None
        The roster.
    everybody : list of GradebookEntry
        Who gets a row: of a class, those of the chosen sections.
    names : frozenset of str
        The names of all submissions, also of other sections.
    arrivals : Arrivals
        When they arrived, and who has more time.
    """

    course: Course
    limits: Limits
    collected: Collected
    export: Export | None
    everybody: list[GradebookEntry]
    names: frozenset[str]
    arrivals: Arrivals


def read(request: GradeRequest) -> Material:
    """Read what was handed in, and all that is known of who did.

    Parameters
    ----------
    request : GradeRequest
        What was asked for.

    Raises
    ------
    CommandError
        If something cannot be read, or cannot be graded as asked for: nothing is judged then.
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
    collected = collect(request.path, course, limits, only, request.is_class)
    request.check_kind(collected.is_class)
    taken = [*request.files_read, *([output.json_file] if output.json_file else [])]
    registry.check(output.reports, export, output.assignment, taken)
    learners = tuple(export.learners.values()) if export else None
    everybody = entries_of(collected, learners)
    if not collected.is_class:  # the others on the roster are not asked for
        everybody = [one for one in everybody if one.handed_in]
        return Material(course, limits, collected, export, everybody, frozenset(), Arrivals())
    _check_outside(request.journal, request.path)
    names = frozenset(one.entry.name for one in everybody)
    if lists.sections:
        everybody = selection.of_sections(everybody, lists.sections, warn)
    check_names(everybody, judging.regrade)
    arrivals = _read_arrivals(lists, everybody, export, course)
    return Material(course, limits, collected, export, everybody, names, arrivals)


def _read_arrivals(
    lists: ClassLists, everybody: list[GradebookEntry], export: Export | None, course: Course
) -> Arrivals:
    """Find out who handed in when: from the list that was named, or else from the roster."""
    times = lists.times
    if times is None and lateness.has_times(export) and course.deadlines.due:
        times = lists.roster
    return lateness.read_arrivals(times, lists.extensions, everybody, course, warn)


def _check_outside(journal: Path, path: Path) -> None:
    if journal.resolve().is_relative_to(path.resolve()):
        raise JournalError(
            f"{journal} would lie inside the class; say with --journal where else it is to be"
        )
