"""When submissions were handed in, and who may hand in later: from lists, or from exports.

What follows from that for marks is written into the journal.
"""

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
"""How Moodle writes a time in English; other languages it is best told as ISO 8601."""


@dataclass(frozen=True)
class Arrivals:
    """Who handed in when, and who may until when.

    Attributes
    ----------
    times : dict of str to datetime
        When, by the name of the submission.
    extensions : dict of (str, str) to datetime
        Until when instead of the deadline, by the name of the submission and the exercise.
    """

    times: Mapping[str, datetime] = field(default_factory=dict)
    extensions: Mapping[tuple[str, str], datetime] = field(default_factory=dict)


def has_times(export: Export | None) -> bool:
    """Whether a roster, such as Moodle's grading worksheet, tells when somebody handed in."""
    return export is not None and any(column.role == "time" for column in export.columns)


def read_arrivals(
    times: Path | None,
    extensions: Path | None,
    everybody: Sequence[GradebookEntry],
    course: Course,
    tell: Callable[[str], None],
) -> Arrivals:
    """Read the lists.

    Parameters
    ----------
    times : Path or None
        A CSV file of names, addresses or ids, and a column ``time``.
    extensions : Path or None
        One with a column ``until`` and, if it is for one exercise, ``exercise``.
    everybody : sequence of GradebookEntry
        Whom they may be about.
    course : Course
        Its deadlines.
    tell : callable
        Told who is in a list and not in the class.

    Raises
    ------
    RosterError
        If a list cannot be read, or a line of it not understood.
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
    for place, _, names, values in _lines(times, everybody):
        if "time" in values:
            found.update(dict.fromkeys(names, _time(place, values["time"], zone)))
    allowed = {}
    for place, person, names, values in _lines(extensions, everybody):
        if "until" not in values:
            raise RosterError(f"{place}: expected a time in a column `until`, found none")
        until = _time(place, values["until"], zone)
        exercises = _exercises(place, values.get("exercise", ""), course)
        _check_later(place, person, until, [due[one] for one in exercises if one in due])
        if not names:
            tell(f"{place}: {person.name} is not in the class; this extension is nobody's")
        for exercise in exercises:
            allowed.update({(name, exercise): until for name in names})
    return Arrivals(found, allowed)


def _check_later(place: str, person: Learner, until: datetime, due: Sequence[datetime]) -> None:
    """Refuse an extension that extends nothing: most likely its date is mistyped."""
    if due and until < min(due):
        raise RosterError(
            f"{place}: the extension of {person.name} until {until.isoformat()} ends before the "
            f"deadline, {min(due).isoformat()}. Write a later time, or remove the line"
        )


def _lines(
    path: Path | None, everybody: Sequence[GradebookEntry]
) -> Iterator[tuple[str, Learner, list[str], dict[str, str]]]:
    """Each line of a list, with the names of the submissions of the person that it is about."""
    if path is None:
        return
    entries = read_entries(path)
    people = _People([person for _, person, _ in entries], everybody)
    theirs: dict[int, list[str]] = {}
    for seat in everybody:
        for number in people.find(seat):
            theirs.setdefault(number, []).append(seat.entry.name)
    if entries and not theirs:
        people.check_addresses(path)
    for number, (line, person, values) in enumerate(entries):
        yield f"{path}, line {line}", person, theirs.get(number, []), values


class _People:
    """Those whom a list is about, and who of them is who in the class."""

    def __init__(self, people: Sequence[Learner], everybody: Sequence[GradebookEntry]) -> None:
        self.people = people
        self._index = Index(people)
        learners = [seat.learner for seat in everybody if seat.learner]
        self._in_list = {plain(one.email) for one in people if one.email}
        self._in_class = {plain(one.email) for one in learners if one.email}

    def find(self, seat: GradebookEntry) -> list[int]:
        """The numbers of those who are the learner; by name only where nothing is better."""
        learner = seat.learner
        if learner is None:
            found = self._index.find(seat.entry.name, seat.entry.identifier)
            addresses = {plain(self.people[number].email) for number in found} - {""}
            return found if len(addresses) < 2 else []  # bob@a.edu and bob@b.edu: nobody is guessed
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
        """Whether they share the part before the @ only, and one address is somebody else's."""
        mine, other = plain(learner.email), plain(person.email)
        if not mine or not other or mine == other:
            return False
        shared = set(map(plain, learner.identifiers)) & set(map(plain, person.identifiers))
        is_known = other in self._in_class or mine in self._in_list
        return is_known and shared <= {mine.rpartition("@")[0]}

    def check_addresses(self, path: Path) -> None:
        """Say what to add where addresses are all that there is, and no address is known."""
        if not self._in_class and all(one.name == one.email for one in self.people):
            raise RosterError(
                f"{path}: nobody in the class is known by one of these addresses. Add a column "
                "`name` or `id`, or name with --roster a list that has addresses, too"
            )


def _time(place: str, text: str, zone: tzinfo | None) -> datetime:
    """A time; where it does not say so itself, it is as far from UTC as the deadline is."""
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
    journal: Journal, everybody: Sequence[GradebookEntry], arrivals: Arrivals, deadlines: Deadlines
) -> list[str]:
    """Write down what is late, and which submission counts.

    Once that is there, it is not written again, so that it does not matter how often somebody
    grades, or was interrupted.

    Parameters
    ----------
    journal : Journal
        Held open; it has everybody's verdict.
    everybody : sequence of GradebookEntry
        Whose.
    arrivals : Arrivals
        When they handed in. Of whom nothing is known there, what the journal has still holds.
    deadlines : Deadlines
        Of the course.

    Returns
    -------
    list of str
        Names of submissions of which it is not known when they were handed in.
    """
    untimed = []
    found = standings(journal.lines)
    for seat in everybody if deadlines.due else ():
        name = seat.entry.name
        if name in arrivals.times:
            _settle_lateness(journal, found[name], arrivals, deadlines)
        elif seat.handed_in and not found[name].late_of(journal.verdicts[name]):
            untimed.append(name)
    found = standings(journal.lines)
    for seat in everybody:
        _settle_attempt(journal, found[seat.entry.name], deadlines)
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
    """Decide how late a submission is, on the command line as on Gradescope.

    Parameters
    ----------
    verdict : Verdict
        What was found in it.
    handed_in : datetime
        When it arrived.
    extensions : mapping of str to datetime
        Until when it may be handed in instead, by exercise. Of an extension and the deadline the
        later one counts, so that an extension never costs anything.
    deadlines : Deadlines
        Those of the course, and its late policy.
    at : str
        When this is decided, for the journal.

    Yields
    ------
    Lateness
        For each exercise with a deadline, also where nothing is late: an empty reason says that.
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


def tell_untimed(names: Sequence[str], tell: Callable[[str], None]) -> None:
    """Tell of whom it is not known when they handed in."""
    if names:
        tell(
            "in no list of times, so nothing is taken off for coming late: "
            f"{listed(names)}; say with --times when they handed in"
        )
