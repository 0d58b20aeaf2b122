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
from grader.roster.roster import Export, Learner, read_entries
from grader.verdicts.verdict import Verdict

Tell = Callable[[str], None]
"""Says a sentence to the instructor."""

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
    tell: Tell,
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
        if not names:
            tell(f"{place}: {person.name} is not in the class; this extension is nobody's")
        for exercise in _exercises(place, values.get("exercise", ""), course):
            allowed.update({(name, exercise): until for name in names})
    return Arrivals(found, allowed)


def _lines(
    path: Path | None, everybody: Sequence[GradebookEntry]
) -> Iterator[tuple[str, Learner, list[str], dict[str, str]]]:
    """Each line of a list, with the names of the submissions of the person that it is about."""
    if path is None:
        return
    entries = read_entries(path)
    index = Index([person for _, person, _ in entries])
    hers: dict[int, list[str]] = {}
    for seat in everybody:
        for number in _find(index, seat):
            hers.setdefault(number, []).append(seat.entry.name)
    for number, (line, person, values) in enumerate(entries):
        yield f"{path}, line {line}", person, hers.get(number, []), values


def _find(index: Index, seat: GradebookEntry) -> list[int]:
    """The numbers of those who are her; by their names only where there is nothing better."""
    learner = seat.learner
    if learner is None:
        return index.find(seat.entry.name, seat.entry.identifier)
    found = {number for one in learner.identifiers for number in index.find("", one)}
    named = index.find(learner.name)
    bare = {one for one in named if not (learner.identifiers and index.roster[one].identifiers)}
    return sorted(found | bare)


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
    for exercise in verdict.exercises:
        if exercise.name not in deadlines.due:
            continue
        due = arrivals.extensions.get((verdict.name, exercise.name), deadlines.due[exercise.name])
        late = charge(arrivals.times[verdict.name], due, deadlines.late)
        if late != known.get(exercise.name, (0, "")):
            journal.decide(Lateness(verdict.name, verdict.submission, exercise.name, *late, now()))


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


def tell_untimed(names: Sequence[str], tell: Tell) -> None:
    """Tell of whom it is not known when they handed in."""
    if names:
        tell(
            "in no list of times, so nothing is taken off for coming late: "
            f"{listed(names)}; say with --times when they handed in"
        )
