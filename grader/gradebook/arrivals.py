"""Reads lists of arrival times and of extensions, and finds out whom their lines are about."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, tzinfo
from pathlib import Path

from grader.course.course import Course
from grader.course.late_policy import Deadlines, instant
from grader.errors import CourseError, RosterError
from grader.gradebook.rows import GradebookEntry
from grader.messages.listing import listed
from grader.roster.matching import Index
from grader.roster.roster import Export, Learner, plain, read_entries
from grader.roster.written_times import read_time

Warn = Callable[[str], None]


@dataclass(frozen=True)
class Arrivals:
    """When submissions arrived, and extended deadlines.

    Attributes
    ----------
    times : dict of str to datetime
        Arrival times by name of the submission. Those without an offset from UTC are local times
        of the course.
    extensions : dict of (str, str) to datetime
        Extended deadlines by name of the submission and of the exercise.
    """

    times: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


@dataclass(frozen=True)
class _Line:
    """A line of a list: where it is, who is in it, and the time."""

    place: str
    person: Learner
    moment: date | datetime
    exercise: str  # as written; empty if there is none


def has_times(export: Export | None) -> bool:
    """Return whether a roster, such as Moodle's grading worksheet, has a column of times."""
    return export is not None and any(column.role == "time" for column in export.columns)


def read_arrivals(
    times: Path | None,
    extensions: Path | None,
    entries: Sequence[GradebookEntry],
    course: Course,
    warn: Warn,
    named: Sequence[GradebookEntry] = (),
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
        The whole class, whose entries the lines are matched to.
    course : Course
        Provides deadlines and names of exercises.
    warn : callable
        Called with a warning for each line that is not used, and where a time had to be
        interpreted.
    named : sequence of GradebookEntry, default ()
        Entries whose names say when they were handed in. That counts if the list has no time.

    Raises
    ------
    RosterError
        If a list cannot be read, or a line is invalid, or the course has no deadline.
    """
    deadlines = course.deadlines
    if not deadlines.due:
        if times or extensions:
            raise RosterError(
                f"{times or extensions}: the course has no deadline, by which somebody could be "
                "late. Set one in pyproject.toml, [tool.kata]: deadline = 2026-12-01T23:59:00+01:00"
            )
        return Arrivals()
    arrived = _lines(times, "time") if times else []
    extended = _lines(extensions, "until") if extensions else []
    of_names = [
        _Line(f"{one.pending.name}: its name", Learner(one.pending.name), one.pending.arrived, "")
        for one in named
        if one.handed_in and one.pending.arrived
    ]
    if dated := [one.person.name for one in of_names if not isinstance(one.moment, datetime)]:
        warn(f"names with a date and no time, read as the start of that day: {listed(dated)}")
    if deadlines.zone is None:
        _warn_of_offset([*arrived, *extended, *of_names], deadlines, warn)
    found = {line.person.name: in_zone(line.moment, deadlines.zone) for line in of_names}
    found |= _times(times, arrived, entries, deadlines, warn) if times else {}
    return Arrivals(found, _extensions(extensions, extended, entries, course, warn))


def _lines(path: Path, role: str) -> list[_Line]:
    lines = []
    for number, person, values in read_entries(path, role):
        place, text = f"{path}, line {number}", values.get(role, "")
        moment = read_time(text) if text else None
        if text and moment is None:
            raise RosterError(
                f"{place}: expected a time such as 2026-12-01T22:15:00+01:00, found "
                f"{text[:60]!r}. Write it in this way"
            )
        if moment is not None:
            lines.append(_Line(place, person, moment, values.get("exercise", "")))
        elif role == "until":
            raise RosterError(f"{place}: expected a time in a column `until`, found none")
    return lines


def in_zone(moment: date | datetime, zone: tzinfo | None) -> datetime:
    """Return when something was handed in.

    Parameters
    ----------
    moment : date or datetime
        A date is the start of that day: only its end is certain, and what is in doubt costs nobody
        anything.
    zone : tzinfo or None
        Zone of local times; None to leave them as they are.
    """
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    return instant(moment, zone, latest=False) if zone else moment


def _warn_of_offset(lines: Sequence[_Line], deadlines: Deadlines, warn: Warn) -> None:
    """Report how local times are read if the course has no time zone."""
    local = [one for one in lines if getattr(one.moment, "tzinfo", None) is None]
    if local:
        offsets = sorted({f"UTC{due.isoformat()[-6:]}" for due in deadlines.due.values()})
        warn(
            f"{local[0].place}: a time without an offset from UTC. Such times are read at "
            f"{listed(offsets)}, the offset of the deadline of each exercise. To follow clock "
            'changes, set the zone in [tool.kata]: timezone = "Europe/Berlin"'
        )


def _times(
    path: Path,
    lines: Sequence[_Line],
    entries: Sequence[GradebookEntry],
    deadlines: Deadlines,
    warn: Warn,
) -> dict[str, datetime]:
    """Return the latest time of each submission."""
    zone = deadlines.zone or next(iter(deadlines.due.values())).tzinfo or UTC
    found: dict[str, set[datetime]] = {}
    dated = []
    for line, name in _matched(path, lines, entries, warn):
        if not isinstance(line.moment, datetime):
            dated.append(line.person.name)
        if name:
            found.setdefault(name, set()).add(in_zone(line.moment, deadlines.zone))
    if dated:
        warn(f"{path}: dates without a time, read as the start of that day: {listed(dated)}")
    if several := [name for name, moments in found.items() if len(moments) > 1]:
        warn(f"{path}: several times, of which the latest counts: {listed(sorted(several))}")

    def order(moment: datetime) -> tuple[datetime, str]:
        return instant(moment, zone, latest=False), moment.isoformat()

    return {name: max(moments, key=order) for name, moments in found.items()}


def _extensions(
    path: Path | None,
    lines: Sequence[_Line],
    entries: Sequence[GradebookEntry],
    course: Course,
    warn: Warn,
) -> dict[tuple[str, str], datetime]:
    """Return the latest extension of each submission and exercise."""
    found: dict[tuple[str, str], set[datetime]] = {}
    for line, name in _matched(path, lines, entries, warn):
        exercises = _exercises(line.place, line.exercise, course)
        ends = {one: course.deadlines.extended(one, line.moment) for one in exercises}
        longer = {one: end for one, end in ends.items() if end is not None}
        if not longer:
            due = min(map(course.deadlines.deadline, exercises), default=None)
            than = f"the deadline, {due.isoformat()}" if due else "a deadline: there is none"
            warn(
                f"{line.place}: the extension of {line.person.name} until "
                f"{line.moment.isoformat()} is not later than {than}; it is not used"
            )
        elif not name:
            warn(f"{line.place}: {line.person.name} is not in the class; it is not used")
        for exercise, end in longer.items() if name else ():
            # In UTC, because in one zone both hours of a clock change are equal.
            found.setdefault((name, exercise), set()).add(end.astimezone(UTC))
    if several := {name for (name, _), ends in found.items() if len(ends) > 1}:
        warn(f"{path}: several extensions, of which the latest counts: {listed(sorted(several))}")
    return {key: max(ends) for key, ends in found.items()}


def _exercises(place: str, name: str, course: Course) -> Sequence[str]:
    due = course.deadlines.due
    try:
        return [one for one in (course.named(name).name,) if one in due] if name else tuple(due)
    except CourseError as error:
        raise RosterError(f"{place}: {error}") from None


def _matched(
    path: Path | None, lines: Sequence[_Line], entries: Sequence[GradebookEntry], warn: Warn
) -> Iterator[tuple[_Line, str]]:
    """Yield each line that fits one submission at most, with its name or an empty string."""
    if path is None:
        return
    people = _People([one.person for one in lines], entries)
    names: dict[int, list[str]] = {}
    for entry in entries:
        for number in people.find(entry):
            names.setdefault(number, []).append(entry.pending.name)
    if lines and not names:
        people.check_addresses(path)
    for number, line in enumerate(lines):
        fits = names.get(number, [])
        if number in people.doubtful or len(fits) > 1:
            why = f"fits {len(fits)} in the class, {listed(fits)}"
            if number in people.doubtful:
                why = "has a namesake in the list, and the class does not say who is meant"
            warn(
                f"{line.place}: {line.person.name} {why}; the line is used for nobody. Add a "
                "column with ids or addresses"
            )
        else:
            yield line, fits[0] if fits else ""


class _People:
    """The people in a list, who can be matched to the entries of the class."""

    def __init__(self, people: Sequence[Learner], entries: Sequence[GradebookEntry]) -> None:
        self.people = people
        self.doubtful: set[int] = set()  # lines of namesakes who fit the same entry
        self._index = Index(people)
        called = [
            (number, Learner(one))
            for number, person in enumerate(people)
            for one in person.identifiers
            if " " in one or not one.isascii()  # GitHub's roster identifier may be a name
        ]
        self._called = [number for number, _ in called]
        self._names = Index([name for _, name in called])
        learners = [entry.learner for entry in entries if entry.learner]
        self._in_list = {plain(one.email) for one in people if one.email}
        self._in_class = {plain(one.email) for one in learners if one.email}

    def find(self, entry: GradebookEntry) -> list[int]:
        """Return indices of the people who match an entry; by name only if there are no ids."""
        learner = entry.learner
        if learner is None:
            found = set(self._index.find(entry.pending.name, entry.pending.identifier))
            return sorted(self._of_one_person(found))
        found_by_id = {
            number
            for one in learner.identifiers
            for number in self._index.find("", one)
            if not self._is_namesake(learner, self.people[number])
        }
        named = self._index.find(learner.name)
        bare = {n for n in named if not (learner.identifiers and self.people[n].identifiers)}
        bare |= {self._called[number] for number in self._names.find(learner.name)}
        return sorted(found_by_id | self._of_one_person(bare))

    def _of_one_person(self, found: set[int]) -> set[int]:
        """Return nothing if the lines are about several people: bob@a.edu and bob@b.edu."""
        people = [self.people[number] for number in found]
        addresses = {plain(one.email) for one in people} - {""}
        identified = [set(map(plain, one.identifiers)) for one in people if one.identifiers]
        if len(addresses) < 2 and (not identified or set.intersection(*identified)):
            return found
        self.doubtful |= found
        return set()

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
