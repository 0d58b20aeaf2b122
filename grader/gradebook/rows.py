"""Rows of the gradebook, made from submissions, the roster and the journal."""

import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from grader.course.course import Exercise
from grader.course.late_policy import Late
from grader.errors import RosterError, SubmissionError
from grader.gradebook.journal import Journal
from grader.gradebook.marks import WHOLE, Lateness, ManualMark, points_of
from grader.gradebook.standing import Standing, notes_on
from grader.messages.listing import listed
from grader.messages.message import Text, english
from grader.roster.matching import Index, match
from grader.roster.roster import Learner
from grader.submissions.class_folder import Collected, PendingSubmission
from grader.submissions.layouts import github_classroom, moodle
from grader.submissions.submission import Submission
from grader.verdicts.learner_view import for_learner
from grader.verdicts.verdict import Conditions, ExerciseVerdict, Verdict


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

    @property
    def points(self) -> int:
        """Points of all exercises, including those set by hand."""
        return sum(map(self.points_of, self.verdict.exercises))

    @property
    def has_grader_error(self) -> bool:
        """Whether the grader failed on an exercise whose points were not set by hand."""
        return any(
            one.has_grader_error and not self.is_set_by_hand(one) for one in self.verdict.exercises
        )

    def for_learner(self) -> "Row":
        """Return the row as the learner may read it; see `grader.verdicts.learner_view`."""
        return replace(self, verdict=for_learner(self.verdict))

    def points_of(self, exercise: ExerciseVerdict) -> int:
        """Return the points of an exercise: those set by hand, or else those found."""
        return points_of(exercise, self.marks, self.late)

    def is_set_by_hand(self, exercise: ExerciseVerdict) -> bool:
        """Return whether the points of an exercise were set by hand."""
        return any(one.points is not None for one in self.marks if one.exercise == exercise.name)

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
        )


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
        if learner in found.unclear:
            reason = "it is not clear which submission is theirs: see the notes on the others"
        name = _free_name(learner, taken)
        taken.add(name)
        pending = _nothing(name, reason, collected.exercises)
        placed.append(GradebookEntry(pending, learner, handed_in=False))
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
        Names of learners or submissions to judge again even if their verdict is valid.
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
        again = any(name in regrade for name in _names(entry))
        if known is None or again or not _holds(known, submission, conditions):
            yield submission
        else:
            yield None


def check_names(entries: Sequence[GradebookEntry], regrade: Collection[str]) -> None:
    """Check the names of learners and submissions to judge again.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    regrade : collection of str
        As in `unjudged`.

    Raises
    ------
    SubmissionError
        If no entry has one of the names.
    """
    names = {name for entry in entries for name in _names(entry)}
    for name in regrade:
        if name not in names:
            raise SubmissionError(
                f"there is no {name!r} to judge again; use the names of the table"
            )


def _names(entry: GradebookEntry) -> set[str]:
    return {entry.pending.name} | ({entry.learner.name} if entry.learner else set())


def _holds(verdict: Verdict, submission: Submission, conditions: Conditions) -> bool:
    same_exercises = [one.name for one in verdict.exercises] == [
        one.name for one in submission.exercises
    ]
    same_input = (verdict.submission, verdict.notes) == (submission.hash, submission.notes)
    is_ours = verdict.has_grader_error
    return same_input and same_exercises and verdict.conditions == conditions and not is_ours


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
