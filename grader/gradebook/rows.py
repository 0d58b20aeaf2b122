"""Rows of the gradebook, made from submissions, the roster and the journal."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.course.course import Exercise
from grader.course.late_policy import Late
from grader.errors import RosterError
from grader.gradebook.doubts.no_mark import why_no_mark
from grader.gradebook.doubts.review import kinds_of
from grader.gradebook.journal import Journal
from grader.gradebook.marks import (
    WHOLE,
    Lateness,
    ManualMark,
    deciding,
    points_of,
    whole,
)
from grader.gradebook.standing import Standing, notes_on
from grader.messages.listing import listed
from grader.messages.message import Text, english
from grader.roster.matching import Index, match
from grader.roster.roster import Learner
from grader.submissions.class_folder import Collected, PendingSubmission
from grader.submissions.layouts import github_classroom, moodle
from grader.submissions.submission import Submission
from grader.verdicts.conditions import solutions_version
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Basis, Conditions, ExerciseVerdict, Verdict


@dataclass(frozen=True)
class Row:
    """One line of the gradebook.

    Attributes
    ----------
    name : str
        Name of the learner in the roster; without a roster, name of the submission.
    verdict : Verdict
        The verdict on the submission.
    section, email : str, default ""
        Section and address in the roster.
    notes : tuple of str or Message, default ()
        Remarks for the instructor, such as that the learner is not on the roster.
    handed_in : str, default ""
        Name of the submission; empty if nothing was handed in.
    learner : Learner or None, default None
        The learner's row of the roster; None if the submission matches none.
    marks : tuple of ManualMark, default ()
        Marks set by hand that count.
    published : str, default ""
        When the marks were published in this state; empty for a draft.
    late : tuple of Lateness, default ()
        Lateness of the submission.
    attention : tuple of str, default ()
        What a person should look at, as far as it does not follow from the verdict; see
        `grader.gradebook.doubts.review`.
    unreadable_is_zero : bool, default False
        Whether the instructor wants 0 for what cannot be judged.
    """

    name: str
    verdict: Verdict
    section: str = ""
    email: str = ""
    notes: tuple[Text, ...] = ()
    handed_in: str = ""
    learner: Learner | None = None
    marks: tuple[ManualMark, ...] = ()
    published: str = ""
    late: tuple[Lateness, ...] = ()
    attention: tuple[str, ...] = ()
    unreadable_is_zero: bool = False

    @property
    def points(self) -> float:
        """Points of all exercises, including those set by hand."""
        return self.total_of(self.verdict.exercises)[0]

    @property
    def max_points(self) -> int:
        """Maximum points of the exercises that the learner is not excused from."""
        return self.total_of(self.verdict.exercises)[1]

    def total_of(self, exercises: Sequence[ExerciseVerdict]) -> tuple[float, int]:
        """Return points and maximum points of some exercises, as `points` and `max_points`."""
        counted = (one.max_points for one in exercises if not self.is_excused(one))
        return whole(sum(map(self.points_of, exercises))), sum(counted)

    @property
    def excused(self) -> tuple[str, ...]:
        """Names of the exercises that the learner is excused from."""
        return tuple(one.name for one in self.verdict.exercises if self.is_excused(one))

    @property
    def is_all_excused(self) -> bool:
        """Whether the learner is excused from every exercise."""
        return bool(self.excused) and len(self.excused) == len(self.verdict.exercises)

    @property
    def no_mark(self) -> str:
        """Why there is no mark, though `points` may be 0; empty if there is one."""
        if self.excused:
            others = "the points of the others are out of another maximum"
            return (
                "excused"
                if self.is_all_excused
                else f"excused from {listed(self.excused)}: {others}"
            )
        exercises = self.verdict.exercises
        found = [one for one in exercises if not self.is_set_by_hand(one)]
        return why_no_mark(
            found,
            by_hand=len(exercises) - len(found),
            handed_in=bool(self.handed_in),
            zero=self.unreadable_is_zero,
        )

    @property
    def mark(self) -> float | None:
        """The mark for a platform: the points, or None if there is no mark."""
        return None if self.no_mark else self.points

    @property
    def has_grader_error(self) -> bool:
        """Whether the grader failed on an exercise whose points were not decided by hand."""
        return any(
            one.has_grader_error and not self.is_decided(one) for one in self.verdict.exercises
        )

    def for_learner(self) -> "Row":
        """Return the row as the learner may read it; see `grader.verdicts.learner_view`."""
        return replace(self, verdict=for_learner(self.verdict))

    def points_of(self, exercise: ExerciseVerdict) -> float:
        """Return the points of an exercise: those set by hand, or else those found."""
        return points_of(exercise, self.marks, self.late)

    def is_decided(self, exercise: ExerciseVerdict) -> bool:
        """Return whether points or an excuse for an exercise were set by hand."""
        return deciding(exercise.name, self.marks) is not None

    def is_set_by_hand(self, exercise: ExerciseVerdict) -> bool:
        """Return whether the points of an exercise were set by hand."""
        mark = deciding(exercise.name, self.marks)
        return mark is not None and not mark.excused

    def is_excused(self, exercise: ExerciseVerdict) -> bool:
        """Return whether the learner is excused from an exercise."""
        mark = deciding(exercise.name, self.marks)
        return mark is not None and mark.excused

    def is_unjudged(self, exercise: ExerciseVerdict) -> bool:
        """Return whether nothing of an exercise was judged, so that its 0 points are no mark."""
        judged = exercise.basis is Basis.JUDGED or self.is_decided(exercise)
        return bool(
            self.no_mark and self.handed_in and not judged and not exercise.has_grader_error
        )

    def comments_on(self, exercise: str = WHOLE) -> tuple[str, ...]:
        """Return the instructors' comments on an exercise, or on the whole submission."""
        return tuple(one.comment for one in self.marks if one.comment and one.exercise == exercise)


@dataclass(frozen=True)
class GradebookEntry:
    """A submission, or a learner on the roster without one. Each entry gets a row.

    Attributes
    ----------
    pending : PendingSubmission
        The submission, not yet read. If nothing was handed in, it reads as one without files.
    learner : Learner or None
        The learner on the roster; None if the submission matches none.
    note : str, default ""
        Remark on how the submission was matched to the roster.
    handed_in : bool, default True
        Whether there is a submission.
    group : str, default ""
        Remark on the group that handed it in; empty if it was the learner alone.
    """

    pending: PendingSubmission
    learner: Learner | None = None
    note: str = ""
    handed_in: bool = True
    group: str = ""

    def row(self, verdict: Verdict, standing: Standing | None = None) -> Row:
        """Return the row, with the notes, marks and lateness of `standing`."""
        standing = standing or Standing(verdict)
        found: tuple[Text, ...] = (self.note, self.group, *verdict.notes, *notes_on(standing))
        notes = tuple(note for note in found if note != "")
        learner = self.learner or Learner(verdict.name)
        handed_in = verdict.name if self.handed_in else ""
        return Row(
            learner.name,
            verdict,
            learner.section,
            learner.email,
            notes,
            handed_in,
            self.learner,
            standing.marks_that_count,
            standing.published,
            standing.late,
            self._attention(standing),
        )

    def _attention(self, standing: Standing) -> tuple[str, ...]:
        verdict = standing.verdict
        timed = bool(standing.arrivals_of(verdict) or standing.late_of(verdict))
        found = [*kinds_of(verdict.notes, is_timed=timed)]
        if self.note:
            unknown = self.learner is None or not self.handed_in
            found.append("not matched to the roster" if unknown else "another name on the roster")
        if standing.to_review:
            found.append("a mark set by hand no longer fits the verdict")
        return tuple(found)


def entries_of(collected: Collected, roster: Sequence[Learner] | None) -> list[GradebookEntry]:
    """Return the entries of the gradebook.

    Parameters
    ----------
    collected : Collected
        The submissions.
    roster : sequence of Learner or None
        The class. If None, only submissions get an entry.

    Returns
    -------
    list of GradebookEntry
        Sorted by name, as in the gradebook.
    """
    if roster is None:
        return [GradebookEntry(pending) for pending in collected.entries]
    by_name = {one.name: one for one in collected.entries}
    index = Index(roster)
    logins = github_classroom.logins(
        [one.name for one in collected.entries if not one.identifier],
        lambda login: bool(index.identified(login) or index.members(login)),
    )
    logins |= {one.name: (one.address,) for one in collected.entries if one.address}
    # Moodle writes the number of a group in the place of that of a participant.
    unsure = [one.name for one in collected.entries if one.platform == moodle.NAME]
    found = match(roster, {one.name: one.identifier for one in collected.entries}, logins, unsure)
    taken = set(by_name)
    placed = []
    for one in found.matches:
        pending = by_name[one.submission]
        if one.learner and one.is_of_group:
            pending = pending.named(_free_name(one.learner, taken, f"{one.submission}: "))
            taken.add(pending.name)
        note, group = ("", one.note) if one.learner and one.is_of_group else (one.note, "")
        placed.append(GradebookEntry(pending, one.learner, note, group=group))
    for learner in (*found.absent, *found.unclear):
        reason: Text = english("nothing was handed in")
        note = ""
        if learner in found.unclear:
            note = "it is not clear which submission is theirs: see the notes on the others"
        name = _free_name(learner, taken)
        taken.add(name)
        pending = _nothing(name, note or reason, collected.exercises)
        placed.append(GradebookEntry(pending, learner, note, handed_in=False))
    return sorted(placed, key=_place)


def _place(entry: GradebookEntry) -> tuple[str, str]:
    return (entry.learner.name if entry.learner else entry.pending.name, entry.pending.name)


def _free_name(learner: Learner, taken: Collection[str], group: str = "") -> str:
    """Return a name for a learner in the journal that no submission has."""
    names = [learner.name, *(f"{learner.name} ({one})" for one in learner.identifiers)]
    names += [f"{learner.name} ({number})" for number in range(2, len(taken) + 3)]
    return next(f"{group}{name}" for name in names if f"{group}{name}" not in taken)


def _nothing(name: str, reason: Text, exercises: tuple[Exercise, ...]) -> PendingSubmission:
    return PendingSubmission(name, "", lambda: Submission(name, {}, exercises, problem=reason))


def rounds(entries: Sequence[GradebookEntry], late: Late) -> Iterator[list[GradebookEntry]]:
    """Return the attempts that count or may count, in the order in which to judge them.

    Of each learner, a verdict on a later attempt has to follow that on an earlier one.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    late : Late
        Says whether the best attempt counts, or only the last one.

    Yields
    ------
    list of GradebookEntry
        Entries with at most one attempt of each learner; in the end, the last one of everybody.
    """
    most = max((len(entry.pending.earlier) for entry in entries), default=0)
    for before in range(most if late.attempt == "best" else 0, 0, -1):
        yield [
            replace(entry, pending=entry.pending.earlier[-before])
            for entry in entries
            if len(entry.pending.earlier) >= before
        ]
    yield list(entries)


def unjudged(
    entries: Sequence[GradebookEntry],
    journal: Journal,
    conditions: Conditions,
    regrade: Collection[str],
    *,
    earlier: bool = False,
) -> Iterator[Submission | None]:
    """Read the submissions, and yield those that have to be judged.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    journal : Journal
        Earlier verdicts. A verdict is valid if submission and conditions are unchanged, and the
        grader did not fail.
    conditions : Conditions
        Conditions under which submissions are judged now.
    regrade : collection of str
        Names of submissions to judge again even if their verdict is valid.
    earlier : bool, default False
        Whether these are earlier attempts, of which the verdict need not be the last one.

    Yields
    ------
    Submission or None
        For each entry, the submission to judge, or None if its verdict is valid.
    """
    for entry in entries:
        submission = entry.pending.read()
        known = journal.verdicts.get(entry.pending.name)
        if earlier:
            known = journal.verdict_on(entry.pending.name, submission.hash)
        again = entry.pending.name in regrade
        if known is None or again or not _holds(known, submission, conditions):
            yield submission
        else:
            yield None


def _holds(verdict: Verdict, submission: Submission, conditions: Conditions) -> bool:
    same_exercises = [one.name for one in verdict.exercises] == [
        one.name for one in submission.exercises
    ]
    same_input = (verdict.submission, verdict.notes) == (submission.hash, submission.notes)
    is_ours = verdict.has_grader_error
    same = same_input and same_exercises and verdict.conditions == conditions and not is_ours
    return same and all(_has_same_reference(one, submission) for one in verdict.exercises)


def _has_same_reference(verdict: ExerciseVerdict, submission: Submission) -> bool:
    """Return whether the solutions that stood in are the same, and whether any could by now."""
    roots = {one.root for one in submission.exercises}
    stood_in = [Exercise(root, name) for root in roots for name in verdict.on_reference]
    version = solutions_version(stood_in) if stood_in else ""
    return verdict.reference == version and verdict.basis is not Basis.WAITING


def rows(
    entries: Sequence[GradebookEntry],
    journal: Journal,
    standings: Mapping[str, Standing] | None = None,
) -> list[Row]:
    """Return the rows of the gradebook.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    journal : Journal
        A verdict for each entry.
    standings : mapping, optional
        Standing of each submission by name; an entry without one gets no row. By default, every
        entry gets a row, without marks set by hand or lateness.

    Returns
    -------
    list of Row
        The same, however often grading was interrupted.
    """
    if standings is None:
        return [entry.row(journal.verdicts[entry.pending.name]) for entry in entries]
    found = [(entry, standings.get(entry.pending.name)) for entry in entries]
    return [entry.row(standing.verdict, standing) for entry, standing in found if standing]


def in_sections(
    entries: Sequence[GradebookEntry], sections: Collection[str]
) -> list[GradebookEntry]:
    """Return the entries of learners in some sections.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    sections : collection of str
        Names of sections on the roster.

    Raises
    ------
    RosterError
        If the roster has no section of one of these names.
    """
    composed = partial(unicodedata.normalize, "NFC")  # "é" is one character or two
    known = sorted({one for entry in entries if entry.learner for one in entry.learner.sections})
    wanted = set(map(composed, sections))
    for section in sections:
        if composed(section) not in map(composed, known):
            there = listed(map(repr, known)) or "none"
            raise RosterError(
                f"--section {section}: expected a section of the roster, found {there}"
            )
    return [
        entry
        for entry in entries
        if entry.learner and not wanted.isdisjoint(map(composed, entry.learner.sections))
    ]
