"""The standing of a learner's marks: as they are now, and as they were published."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.gradebook.marks import (
    WHOLE,
    Arrival,
    Attempt,
    Lateness,
    ManualMark,
    Publication,
    beneath,
    deciding,
    digest_of,
    lowered,
)
from grader.gradebook.records.graded_class import scope_of
from grader.gradebook.records.journal_format import JournalError, Line
from grader.messages.listing import listed
from grader.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Standing:
    """The marks of a learner at one point in time.

    Attributes
    ----------
    verdict : Verdict
        The verdict on the attempt that counts.
    marks : tuple of ManualMark, default ()
        Marks set by hand and not replaced or withdrawn, sorted by exercise.
    publication : Publication, optional
        The last publication, of these marks or of earlier ones.
    attempts : tuple of Verdict, default ()
        Verdicts on all attempts, the latest last.
    lateness : tuple of Lateness, default ()
        Lateness of all attempts.
    arrivals : tuple of Arrival, default ()
        Arrivals of all attempts, as they were recorded.
    """

    verdict: Verdict
    marks: tuple[ManualMark, ...] = ()
    publication: Publication | None = None
    attempts: tuple[Verdict, ...] = ()
    lateness: tuple[Lateness, ...] = ()
    arrivals: tuple[Arrival, ...] = ()

    @property
    def digest(self) -> str:
        """Digest of the marks, see `grader.gradebook.marks.digest_of`."""
        return digest_of(self.verdict, self.marks, self.late)

    @property
    def late(self) -> tuple[Lateness, ...]:
        """Lateness of the attempt that counts, where points are taken off."""
        return self.late_of(self.verdict)

    def late_of(self, verdict: Verdict) -> tuple[Lateness, ...]:
        """Return the lateness of one attempt, where points are taken off."""
        return tuple(
            one for one in self.lateness if one.percent and one.submission == verdict.submission
        )

    def arrivals_of(self, verdict: Verdict) -> tuple[str, ...]:
        """Return the times at which the files of one attempt were handed in, the last one last."""
        return tuple(one.handed_in for one in self.arrivals if one.submission == verdict.submission)

    @property
    def is_published(self) -> bool:
        """Whether the marks are published in their current state."""
        return self.publication is not None and self.publication.digest == self.digest

    @property
    def has_grader_error(self) -> bool:
        """Whether the grader failed on an exercise whose points were not decided by hand."""
        return any(
            one.has_grader_error and deciding(one.name, self.marks) is None
            for one in self.verdict.exercises
        )

    @property
    def published(self) -> str:
        """When the marks were published in their current state; empty for a draft."""
        return self.publication.at if self.publication and self.is_published else ""

    @property
    def marks_that_count(self) -> tuple[ManualMark, ...]:
        """Marks on exercises of the verdict, or on the whole submission."""
        judged = {WHOLE, *(one.name for one in self.verdict.exercises)}
        return tuple(one for one in self.marks if one.exercise in judged)

    @property
    def to_review(self) -> tuple[ManualMark, ...]:
        """Marks whose verdict has changed since they were set. An excuse depends on none."""
        return tuple(
            one
            for one in self.marks_that_count
            if not one.excused
            if one.beneath != beneath(self.verdict, one.exercise)
        )


def standings(
    lines: Sequence[Line], *, published: bool = False, scope: str | None = None
) -> dict[str, Standing]:
    """Return the standing of each submission.

    Parameters
    ----------
    lines : sequence of Line
        Lines of a journal.
    published : bool, default False
        Whether to return marks as they were when they were last published, and to leave out
        submissions without published marks.
    scope : str, optional
        The only exercise that published marks are shown of, or `SEVERAL`: a journal before schema
        5 may have published marks of other exercises. By default, the last ones are returned.

    Returns
    -------
    dict of str to Standing
        Standings by name of the submission.

    Raises
    ------
    JournalError
        If `published`, and the published marks cannot be reconstructed from the lines.
    """
    now: dict[str, Standing] = {}
    then: dict[str, Standing] = {}
    broken: dict[str, Publication] = {}
    for line in lines:
        name = line.content.name
        now[name] = _after(now.get(name), line)
        if isinstance(line.content, Publication):
            if scope not in (None, scope_of(now[name].verdict)):
                continue
            broken.pop(name, None)
            if now[name].is_published:
                then[name] = now[name]
            else:
                broken[name] = line.content
    if not published:
        return now
    for name, publication in broken.items():
        raise JournalError(
            f"what was published of {name!r} at {publication.at} is not what the journal has "
            "before that: a line was changed or taken out; check and publish these marks again"
        )
    return then


def _after(before: Standing | None, line: Line) -> Standing:
    content = line.content
    if isinstance(content, Verdict):
        before = before or Standing(content)
        others = (one for one in before.attempts if one.submission != content.submission)
        return replace(before, verdict=content, attempts=(*others, content))
    assert before is not None  # ensured by `read_journal`
    match content:
        case Publication():
            return replace(before, publication=content)
        case Attempt():
            attempts = {one.submission: one for one in before.attempts}
            return replace(before, verdict=attempts.get(content.submission, before.verdict))
        case Arrival():
            times = {(one.submission, one.handed_in): one for one in before.arrivals}
            times.pop((content.submission, content.handed_in), None)
            return replace(before, arrivals=(*times.values(), content))
        case Lateness():
            late = {(one.submission, one.exercise): one for one in (*before.lateness, content)}
            return replace(before, lateness=tuple(late.values()))
        case ManualMark():
            return replace(before, marks=_marks_after(before.marks, content))
    return before


def _marks_after(marks: Sequence[ManualMark], content: ManualMark) -> tuple[ManualMark, ...]:
    if content.withdrawn:
        kept = {_place(one): one for one in marks if one.exercise != content.exercise}
    else:
        kept = {_place(one): one for one in (*marks, content)}
    return tuple(kept[place] for place in sorted(kept))


def _place(mark: ManualMark) -> tuple[str, bool]:
    return mark.exercise, not mark.decides


def notes_on(standing: Standing) -> list[str]:
    """Return notes for the instructor, a sentence each.

    They report lateness, follow-through, the attempt that counts, marks set by hand, and changes
    since publication.
    """
    judged = {one.name: one.points for one in standing.verdict.exercises}
    told = [
        f"{one.exercise}: {one.reason} ({lowered(found.points_that_count, one.percent)} of the "
        f"{found.points_that_count} points that were found)"
        for one in standing.late
        for found in standing.verdict.exercises
        if found.name == one.exercise
    ]
    for one in standing.verdict.exercises:
        if one.through:
            counts = ", which counts" if one.points_that_count > one.points else ""
            told.append(
                f"{one.name}: {one.points_through} of {one.max_points} points with the reference "
                f"in the place of what it builds on{counts}"
            )
    times = standing.arrivals_of(standing.verdict)
    if len(times) > 1:
        told.append(f"the same files were handed in at several times: {listed(times)}")
    if standing.attempts and standing.verdict is not standing.attempts[-1]:
        told.append("an earlier submission counts, which scores more than the last one")
    for mark in standing.marks_that_count:
        what = f"excused by {mark.by}" if mark.excused else f"comment by {mark.by}"
        if mark.points is not None:
            found = judged[mark.exercise]
            what = f"{mark.points} points set by hand by {mark.by}, where {found} were found"
        reason = f" (reason: {mark.reason})" if mark.reason else ""
        comment = f" (comment: {mark.comment})" if mark.comment else ""
        told.append(f"{mark.exercise or 'all of it'}: {what}{reason}{comment}")
        if mark in standing.to_review:
            told.append("look at that again: the verdict beneath it has changed since")
    told += [
        f"what was set on {mark.exercise} by {mark.by} does not count: it is not judged here"
        for mark in standing.marks
        if mark not in standing.marks_that_count
    ]
    if standing.publication and not standing.is_published:
        told.append(f"a draft: changed since it was published at {standing.publication.at}")
    return told
