"""Arrival times and extensions, read from lists, and the lateness that follows from them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path

from grader.course.course import Course
from grader.course.late_policy import Deadlines, charge
from grader.errors import CourseError, RosterError
from grader.gradebook.journal import Journal, now
from grader.gradebook.marks import Attempt, Lateness, points_of
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.standing import Standing, standings
from grader.messages.listing import listed
from grader.roster.matching import Index
from grader.roster.roster import Export, Learner, plain, read_entries
from grader.verdicts.verdict import Verdict

MOODLE = "%A, %d %B %Y, %I:%M %p"
"""Format of times in Moodle's English exports. For other languages, use ISO 8601."""


@dataclass(frozen=True)
class Arrivals:
    """When submissions arrived, and extended deadlines.

    Attributes
    ----------
    times : dict of str to datetime
        Arrival times by name of the submission.
    extensions : dict of (str, str) to datetime
        Extended deadlines by name of the submission and of the exercise.
    """

    times: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


def has_times(export: Export | None) -> bool:
    """Return whether a roster, such as Moodle's grading worksheet, has a column of times."""
    return export is not None and any(column.role == "time" for column in export.columns)


def read_arrivals(
    times: Path | None,
    extensions: Path | None,
    entries: Sequence[GradebookEntry],
    course: Course,
    warn: Callable[[str], None],
) -> Arrivals:
    """Read the lists of arrival times and extensions.

    Parameters
    ----------
    times : Path or None
        A CSV file with names, addresses or ids, and a column ``time``.
    extensions : Path or None
        A CSV file with names, addresses or ids, a column ``until``, and a column ``exercise`` for
        extensions of a single exercise.
    entries : sequence of GradebookEntry
        The class, whose entries the lines are matched to.
    course : Course
        Provides deadlines and names of exercises.
    warn : callable
        Called with a warning for each extension of a person who is not in the class.

    Raises
    ------
    RosterError
        If a list cannot be read, or a line is invalid, or the course has no deadline.
    """
    due = course.deadlines.due
    if not due:
        if times or extensions:
            raise RosterError(
                f"{times or extensions}: the course has no deadline, by which somebody could be "
                "late. Set one in pyproject.toml, [tool.kata]: deadline = 2026-12-01T23:59:00+01:00"
            )
        return Arrivals()
    zone = next(iter(due.values())).tzinfo
    found = {}
    for place, _, names, values in _lines(times, entries):
        if "time" in values:
            found.update(dict.fromkeys(names, _time(place, values["time"], zone)))
    allowed = {}
    for place, person, names, values in _lines(extensions, entries):
        if "until" not in values:
            raise RosterError(f"{place}: expected a time in a column `until`, found none")
        until = _time(place, values["until"], zone)
        exercises = _exercises(place, values.get("exercise", ""), course)
        _check_later(place, person, until, [due[one] for one in exercises if one in due])
        if not names:
            warn(f"{place}: {person.name} is not in the class; this extension is not used")
        for exercise in exercises:
            allowed.update({(name, exercise): until for name in names})
    return Arrivals(found, allowed)


def _check_later(place: str, person: Learner, until: datetime, due: Sequence[datetime]) -> None:
    """Reject an extension that ends before the deadline: its date is probably mistyped."""
    if due and until < min(due):
        raise RosterError(
            f"{place}: the extension of {person.name} until {until.isoformat()} ends before the "
            f"deadline, {min(due).isoformat()}. Write a later time, or remove the line"
        )


def _lines(
    path: Path | None, entries: Sequence[GradebookEntry]
) -> Iterator[tuple[str, Learner, list[str], dict[str, str]]]:
    """Yield the place of each line, the person, the names of their submissions, and the values."""
    if path is None:
        return
    lines = read_entries(path)
    people = _People([person for _, person, _ in lines], entries)
    theirs: dict[int, list[str]] = {}
    for entry in entries:
        for number in people.find(entry):
            theirs.setdefault(number, []).append(entry.pending.name)
    if lines and not theirs:
        people.check_addresses(path)
    for number, (line, person, values) in enumerate(lines):
        yield f"{path}, line {line}", person, theirs.get(number, []), values


class _People:
    """The people in a list, who can be matched to the entries of the class."""

    def __init__(self, people: Sequence[Learner], entries: Sequence[GradebookEntry]) -> None:
        self.people = people
        self._index = Index(people)
        learners = [entry.learner for entry in entries if entry.learner]
        self._in_list = {plain(one.email) for one in people if one.email}
        self._in_class = {plain(one.email) for one in learners if one.email}

    def find(self, entry: GradebookEntry) -> list[int]:
        """Return indices of the people who match an entry; by name only if there are no ids."""
        learner = entry.learner
        if learner is None:
            found = self._index.find(entry.pending.name, entry.pending.identifier)
            addresses = {plain(self.people[number].email) for number in found} - {""}
            return found if len(addresses) < 2 else []  # bob@a.edu or bob@b.edu: ambiguous
        found_by_id = {
            number
            for one in learner.identifiers
            for number in self._index.find("", one)
            if not self._is_namesake(learner, self.people[number])
        }
        named = self._index.find(learner.name)
        bare = {n for n in named if not (learner.identifiers and self.people[n].identifiers)}
        return sorted(found_by_id | bare)

    def _is_namesake(self, learner: Learner, person: Learner) -> bool:
        """Return whether only the part before the @ is equal, and an address is someone else's."""
        mine, other = plain(learner.email), plain(person.email)
        if not mine or not other or mine == other:
            return False
        shared = set(map(plain, learner.identifiers)) & set(map(plain, person.identifiers))
        is_known = other in self._in_class or mine in self._in_list
        return is_known and shared <= {mine.rpartition("@")[0]}

    def check_addresses(self, path: Path) -> None:
        """Raise an error if the list has only addresses, and the class has no addresses."""
        if not self._in_class and all(one.name == one.email for one in self.people):
            raise RosterError(
                f"{path}: nobody in the class is known by one of these addresses. Add a column "
                "`name` or `id`, or name with --roster a list that has addresses, too"
            )


def _time(place: str, text: str, zone: tzinfo | None) -> datetime:
    """Parse a time. Without an offset from UTC, it gets the offset of the deadline."""
    for read in (datetime.fromisoformat, lambda text: datetime.strptime(text, MOODLE)):
        with suppress(ValueError):
            time = read(text)
            return time if time.tzinfo else time.replace(tzinfo=zone)
    raise RosterError(
        f"{place}: expected a time such as 2026-12-01T22:15:00+01:00, found {text[:60]!r}. "
        "Write it in this way"
    )


def _exercises(place: str, name: str, course: Course) -> Sequence[str]:
    try:
        return (course.named(name).name,) if name else tuple(course.deadlines.due)
    except CourseError as error:
        raise RosterError(f"{place}: {error}") from None


def settle(
    journal: Journal, entries: Sequence[GradebookEntry], arrivals: Arrivals, deadlines: Deadlines
) -> list[str]:
    """Record in the journal which submissions are late, and which attempt counts.

    Only changes are recorded, so that the journal does not depend on how often the class was
    graded, or whether a run was interrupted.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open, with a verdict for every entry.
    entries : sequence of GradebookEntry
        The entries to settle.
    arrivals : Arrivals
        Arrival times and extensions. Where a time is missing, the lateness that the journal has
        recorded before remains valid.
    deadlines : Deadlines
        Deadlines of the course.

    Returns
    -------
    list of str
        Names of submissions without a known arrival time.
    """
    untimed = []
    found = standings(journal.lines)
    for entry in entries if deadlines.due else ():
        name = entry.pending.name
        if name in arrivals.times:
            _settle_lateness(journal, found[name], arrivals, deadlines)
        elif entry.handed_in and not found[name].late_of(journal.verdicts[name]):
            untimed.append(name)
    found = standings(journal.lines)
    for entry in entries:
        _settle_attempt(journal, found[entry.pending.name], deadlines)
    return untimed


def _settle_lateness(
    journal: Journal, standing: Standing, arrivals: Arrivals, deadlines: Deadlines
) -> None:
    verdict = standing.attempts[-1]
    ours = (one for one in standing.lateness if one.submission == verdict.submission)
    known = {one.exercise: (one.percent, one.reason) for one in ours}
    extensions = {
        exercise: until
        for (name, exercise), until in arrivals.extensions.items()
        if name == verdict.name
    }
    for one in lateness_of(verdict, arrivals.times[verdict.name], extensions, deadlines, now()):
        if (one.percent, one.reason) != known.get(one.exercise, (0, "")):
            journal.decide(one)


def lateness_of(
    verdict: Verdict,
    handed_in: datetime,
    extensions: Mapping[str, datetime],
    deadlines: Deadlines,
    at: str,
) -> Iterator[Lateness]:
    """Compute how late a submission is, for the command line and for Gradescope.

    Parameters
    ----------
    verdict : Verdict
        The verdict on the submission.
    handed_in : datetime
        When the submission arrived.
    extensions : mapping of str to datetime
        Extended deadlines by exercise. An extension that ends before the deadline has no effect.
    deadlines : Deadlines
        Deadlines and late policy of the course.
    at : str
        Time of the decision, for the journal.

    Yields
    ------
    Lateness
        One for each exercise with a deadline. Its reason is empty if the exercise is in time.
    """
    for exercise in verdict.exercises:
        due = deadlines.due.get(exercise.name)
        if due is None:
            continue
        until = max(due, extensions.get(exercise.name, due))
        percent, reason = charge(handed_in, until, deadlines.late)
        yield Lateness(verdict.name, verdict.submission, exercise.name, percent, reason, at)


def _settle_attempt(journal: Journal, standing: Standing, deadlines: Deadlines) -> None:
    last = standing.attempts[-1]
    best = last
    if deadlines.late.attempt == "best":
        exercises = [one.name for one in last.exercises]
        alike = [one for one in standing.attempts if [e.name for e in one.exercises] == exercises]
        best = max(reversed(alike), key=lambda one: _score(standing, one))
    if best.submission != standing.verdict.submission:
        journal.decide(Attempt(best.name, best.submission, now()))


def _score(standing: Standing, verdict: Verdict) -> int:
    late = standing.late_of(verdict)
    return sum(points_of(one, (), late) for one in verdict.exercises)


def warn_untimed(names: Sequence[str], warn: Callable[[str], None]) -> None:
    """Warn about submissions without a known arrival time."""
    if names:
        warn(
            "in no list of times, so nothing is taken off for coming late: "
            f"{listed(names)}; say with --times when they handed in"
        )
