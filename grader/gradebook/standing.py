"""How somebody's marks stand: as they are now, and as they were when they were published."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from grader.gradebook.journal import JournalError, Line
from grader.gradebook.marks import (
    WHOLE,
    Attempt,
    Lateness,
    ManualMark,
    Publication,
    beneath,
    digest_of,
    lowered,
)
from grader.verdicts.verdict import Verdict


@dataclass(frozen=True)
class Standing:
    """The marks of somebody at one time.

    Attributes
    ----------
    verdict : Verdict
        What was found.
    marks : tuple of ManualMark, default ()
        What was set by hand and holds, by exercise.
    publication : Publication, optional
        The last one of her marks, be it of these or of earlier ones.
    attempts : tuple of Verdict, default ()
        What was found in each of her submissions, the last one at the end.
    lateness : tuple of Lateness, default ()
        What is late of them.
    """

    verdict: Verdict
    marks: tuple[ManualMark, ...] = ()
    publication: Publication | None = None
    attempts: tuple[Verdict, ...] = ()
    lateness: tuple[Lateness, ...] = ()

    @property
    def digest(self) -> str:
        """As in `grader.gradebook.marks.digest_of`."""
        return digest_of(self.verdict, self.marks, self.late)

    @property
    def late(self) -> tuple[Lateness, ...]:
        """What is late of the submission that counts."""
        return self.late_of(self.verdict)

    def late_of(self, verdict: Verdict) -> tuple[Lateness, ...]:
        """What is late of one of her submissions."""
        return tuple(
            one for one in self.lateness if one.percent and one.submission == verdict.submission
        )

    @property
    def is_published(self) -> bool:
        """Whether these very marks are published."""
        return self.publication is not None and self.publication.digest == self.digest

    @property
    def has_grader_error(self) -> bool:
        """Whether something went wrong on our side that nobody has made up for by hand."""
        by_hand = {one.exercise for one in self.marks if one.points is not None}
        return any(
            one.has_grader_error for one in self.verdict.exercises if one.name not in by_hand
        )

    @property
    def published(self) -> str:
        """When these very marks were published, or nothing."""
        return self.publication.at if self.publication and self.is_published else ""

    @property
    def marks_that_count(self) -> tuple[ManualMark, ...]:
        """Those on exercises that were judged, or on all of it."""
        judged = {WHOLE, *(one.name for one in self.verdict.exercises)}
        return tuple(one for one in self.marks if one.exercise in judged)

    @property
    def to_review(self) -> tuple[ManualMark, ...]:
        """The marks beneath which the verdict has changed since they were set."""
        return tuple(
            one
            for one in self.marks_that_count
            if one.beneath != beneath(self.verdict, one.exercise)
        )


def standings(lines: Sequence[Line], *, published: bool = False) -> dict[str, Standing]:
    """How everybody's marks stand.

    Parameters
    ----------
    lines : sequence of Line
        A journal.
    published : bool, default False
        Whether only published marks count, each as it was when it was published.

    Returns
    -------
    dict of str to Standing
        By name of submission. Who has nothing published is not in it, if that is asked for.

    Raises
    ------
    JournalError
        If what was published is not in the journal any more.
    """
    now: dict[str, Standing] = {}
    then: dict[str, Standing] = {}
    broken: dict[str, Publication] = {}
    for line in lines:
        name = line.content.name
        now[name] = _after(now.get(name), line)
        if isinstance(line.content, Publication):
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
            "before that: a line was changed or taken out; look at her marks and publish them again"
        )
    return then


def _after(before: Standing | None, line: Line) -> Standing:
    content = line.content
    if isinstance(content, Verdict):
        before = before or Standing(content)
        others = (one for one in before.attempts if one.submission != content.submission)
        return replace(before, verdict=content, attempts=(*others, content))
    assert before is not None  # `read_journal` has made sure
    match content:
        case Publication():
            return replace(before, publication=content)
        case Attempt():
            attempts = {one.submission: one for one in before.attempts}
            return replace(before, verdict=attempts.get(content.submission, before.verdict))
        case Lateness():
            late = {(one.submission, one.exercise): one for one in (*before.lateness, content)}
            return replace(before, lateness=tuple(late.values()))
    if content.withdrawn:
        kept = {_place(one): one for one in before.marks if one.exercise != content.exercise}
    else:
        kept = {_place(one): one for one in (*before.marks, content)}
    return replace(before, marks=tuple(kept[place] for place in sorted(kept)))


def _place(mark: ManualMark) -> tuple[str, bool]:
    return mark.exercise, mark.points is None


def notes_on(standing: Standing) -> list[str]:
    """What an instructor should know of marks that people have set or published.

    Parameters
    ----------
    standing : Standing
        How they stand.

    Returns
    -------
    list of str
        A sentence for each.
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
    if standing.attempts and standing.verdict is not standing.attempts[-1]:
        told.append("an earlier submission counts, which scores more than the last one")
    for mark in standing.marks_that_count:
        what = f"comment by {mark.by}"
        if mark.points is not None:
            found = judged[mark.exercise]
            what = f"{mark.points} points set by hand by {mark.by}, where {found} were found"
        reason = f" (reason: {mark.reason})" if mark.reason else ""
        comment = f" (comment: {mark.comment})" if mark.comment else ""
        told.append(f"{mark.exercise or 'all of it'}: {what}{reason}{comment}")
        if mark in standing.to_review:
            told.append("look at that again: the verdict beneath it has changed since")
    if standing.publication and not standing.is_published:
        told.append(f"a draft: changed since it was published at {standing.publication.at}")
    return told
