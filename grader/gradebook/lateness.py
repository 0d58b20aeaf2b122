"""The lateness of submissions, and which of several attempts counts."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime

from grader.course.late_policy import Deadlines
from grader.gradebook.arrivals import Arrivals, in_zone
from grader.gradebook.journal import Journal, now
from grader.gradebook.marks import Arrival, Attempt, Lateness, points_of
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.standing import Standing, standings
from grader.messages.listing import listed
from grader.verdicts.verdict import Verdict


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
    found = standings(journal.lines)
    for entry in entries if deadlines.due else ():
        name = entry.pending.name
        _record_earlier(journal, found[name], entry, deadlines)
        if entry.handed_in and name in arrivals.times:
            _record(journal, found[name], arrivals.times[name], deadlines)
    found = standings(journal.lines)
    untimed = []
    changed = {*arrivals.times, *(name for name, _ in arrivals.extensions)}
    for entry in entries if deadlines.due else ():
        name = entry.pending.name
        if name in changed:
            _settle_lateness(journal, found[name], arrivals, deadlines)
        if entry.handed_in and not _is_timed(found[name]):
            untimed.append(name)
    found = standings(journal.lines)
    for entry in entries:
        _settle_attempt(journal, found[entry.pending.name], deadlines)
    return untimed


def _is_timed(standing: Standing) -> bool:
    last = standing.attempts[-1]
    return bool(standing.arrivals_of(last) or standing.late_of(last))


def _record(
    journal: Journal, standing: Standing, handed_in: datetime, deadlines: Deadlines
) -> None:
    """Record an arrival unless it is the last one known of these files."""
    last = standing.attempts[-1]
    known = standing.arrivals_of(last)
    same = [one for one in known if datetime.fromisoformat(one) == handed_in]
    local = handed_in.astimezone(deadlines.zone) if deadlines.zone else handed_in
    text = same[0] if same else local.isoformat()
    if known[-1:] != (text,):
        journal.decide(Arrival(last.name, last.submission, text, now()))


def _record_earlier(
    journal: Journal, standing: Standing, entry: GradebookEntry, deadlines: Deadlines
) -> None:
    """Record the arrivals of earlier attempts that were judged, where their names have a time."""
    judged = {one.submission: one for one in standing.attempts}
    for attempt in entry.pending.earlier:
        verdict = judged.get(attempt.read().hash)
        if verdict is not None and attempt.arrived is not None:
            handed_in = in_zone(attempt.arrived, deadlines.zone)
            known = map(datetime.fromisoformat, standing.arrivals_of(verdict))
            if handed_in not in known:
                local = handed_in.astimezone(deadlines.zone) if deadlines.zone else handed_in
                text = local.isoformat()
                journal.decide(Arrival(verdict.name, verdict.submission, text, now()))


def _settle_lateness(
    journal: Journal, standing: Standing, arrivals: Arrivals, deadlines: Deadlines
) -> None:
    """Record the lateness of all attempts whose times are known, where it has changed."""
    for verdict in standing.attempts:
        extensions = {
            exercise: until
            for (name, exercise), until in arrivals.extensions.items()
            if name == verdict.name
        }
        known = {
            one.exercise: (one.percent, one.reason)
            for one in standing.lateness
            if one.submission == verdict.submission
        }
        times = [datetime.fromisoformat(one) for one in standing.arrivals_of(verdict)]
        # The same files handed in again are another attempt, with a time of its own.
        counting = times if deadlines.late.attempt == "best" else times[-1:]
        found = [lateness_of(verdict, one, extensions, deadlines, now()) for one in counting]
        for several in zip(*found, strict=True):
            best = min(several, key=lambda one: one.percent)
            if (best.percent, best.reason) != known.get(best.exercise, (0, "")):
                journal.decide(best)


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
        if exercise.name in deadlines.due:
            until = extensions.get(exercise.name)
            percent, reason = deadlines.charge(exercise.name, handed_in, until)
            yield Lateness(verdict.name, verdict.submission, exercise.name, percent, reason, at)


def _settle_attempt(journal: Journal, standing: Standing, deadlines: Deadlines) -> None:
    last = standing.attempts[-1]
    best = last
    # Of an attempt on which the grader failed, nobody knows whether it is the best one.
    if deadlines.late.attempt == "best" and not last.has_grader_error:
        exercises = [one.name for one in last.exercises]
        alike = [one for one in standing.attempts if [e.name for e in one.exercises] == exercises]
        best = max(reversed(alike), key=lambda one: _score(standing, one))
    if best.submission != standing.verdict.submission:
        journal.decide(Attempt(best.name, best.submission, now()))


def _score(standing: Standing, verdict: Verdict) -> float:
    late = standing.late_of(verdict)
    return sum(points_of(one, (), late) for one in verdict.exercises)


def warn_untimed(names: Sequence[str], warn: Callable[[str], None]) -> None:
    """Warn about submissions without a known arrival time."""
    if names:
        warn(
            "in no list of times, so nothing is taken off for coming late: "
            f"{listed(names)}; say with --times when they handed in"
        )
