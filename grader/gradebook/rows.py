"""Many verdicts: a row for everybody, from what was handed in, the roster and the journal."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.course.course import Exercise
from grader.errors import RosterError, SubmissionError
from grader.gradebook.journal import Journal
from grader.gradebook.marks import WHOLE, Lateness, ManualMark, points_of
from grader.gradebook.standing import Standing, notes_on
from grader.messages.listing import listed
from grader.messages.message import Text, english
from grader.roster.matching import match
from grader.roster.roster import Learner
from grader.submissions.class_folder import Collected, PendingSubmission
from grader.submissions.submission import Submission
from grader.verdicts.verdict import Conditions, ExerciseVerdict, Verdict


@dataclass(frozen=True)
class Row:
    """One line of the gradebook.

    Attributes
    ----------
    name : str
        The learner's name as the roster has it; without one, that of her submission.
    verdict : Verdict
        The verdict on her submission.
    section, email : str, default ""
        From the roster.
    notes : tuple of str or Message, default ()
        What somebody should look at: who is not on the roster, what could not be read.
    handed_in : str, default ""
        Name of her submission, if there is one.
    learner : Learner or None, default None
        Who she is on the roster, to find her in it again.
    marks : tuple of ManualMark, default ()
        What was set by hand.
    published : str, default ""
        When these very marks were published; nothing while they are a draft.
    late : tuple of Lateness, default ()
        What is late of it.
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
        """What she scores, with what was set by hand."""
        return sum(map(self.points_of, self.verdict.exercises))

    @property
    def has_grader_error(self) -> bool:
        """Whether something went wrong on our side that nobody has made up for by hand."""
        return any(
            one.has_grader_error and not self.is_set_by_hand(one) for one in self.verdict.exercises
        )

    def points_of(self, exercise: ExerciseVerdict) -> int:
        """What she scores in an exercise, with what was set by hand."""
        return points_of(exercise, self.marks, self.late)

    def is_set_by_hand(self, exercise: ExerciseVerdict) -> bool:
        """Whether somebody has set the points of an exercise."""
        return any(one.points is not None for one in self.marks if one.exercise == exercise.name)

    def comments_on(self, exercise: str = WHOLE) -> tuple[str, ...]:
        """What she is told by people on an exercise, or on all of it."""
        return tuple(one.comment for one in self.marks if one.comment and one.exercise == exercise)


@dataclass(frozen=True)
class GradebookEntry:
    """Somebody who gets a row: who handed in something, or is on the roster.

    Attributes
    ----------
    entry : PendingSubmission
        Her submission.
    learner : Learner or None
        Who she is on the roster.
    note : str, default ""
        What is to be said about that.
    handed_in : bool, default True
        Whether there is a submission.
    """

    entry: PendingSubmission
    learner: Learner | None = None
    note: str = ""
    handed_in: bool = True

    def row(self, verdict: Verdict, standing: Standing | None = None) -> Row:
        """Her row."""
        standing = standing or Standing(verdict)
        found: tuple[Text, ...] = (self.note, *verdict.notes, *notes_on(standing))
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
    """Everybody who gets a row.

    Parameters
    ----------
    collected : Collected
        What was handed in.
    roster : sequence of Learner or None
        The class, if there is a list of it.

    Returns
    -------
    list of GradebookEntry
        In the order of the gradebook.
    """
    if roster is None:
        return [GradebookEntry(entry) for entry in collected.entries]
    found = match(roster, {entry.name: entry.identifier for entry in collected.entries})
    by_name = {entry.name: entry for entry in collected.entries}
    taken = set(by_name)
    placed = [
        GradebookEntry(by_name[one.submission], one.learner, one.note) for one in found.matches
    ]
    for learner in (*found.absent, *found.unclear):
        reason: Text = english("nothing was handed in")
        if learner in found.unclear:
            reason = "it is not clear which submission is hers: see the notes on the others"
        name = _free_name(learner, taken)
        taken.add(name)
        entry = _nothing(name, reason, collected.exercises)
        placed.append(GradebookEntry(entry, learner, handed_in=False))
    return sorted(placed, key=_place)


def _place(seat: GradebookEntry) -> tuple[str, str]:
    return (seat.learner.name if seat.learner else seat.entry.name, seat.entry.name)


def _free_name(learner: Learner, taken: Collection[str]) -> str:
    """A name for a row of the journal that nobody has."""
    names = [learner.name, *(f"{learner.name} ({one})" for one in learner.identifiers)]
    names += [f"{learner.name} ({number})" for number in range(2, len(taken) + 3)]
    return next(name for name in names if name not in taken)


def _nothing(name: str, reason: Text, exercises: tuple[Exercise, ...]) -> PendingSubmission:
    return PendingSubmission(name, "", lambda: Submission(name, {}, exercises, problem=reason))


def unjudged(
    seats: Sequence[GradebookEntry],
    journal: Journal,
    conditions: Conditions,
    regrade: Collection[str],
) -> Iterator[Submission | None]:
    """Read the submissions, and tell which of them have to be judged.

    Parameters
    ----------
    seats : sequence of GradebookEntry
        Everybody.
    journal : Journal
        What was found before. A verdict in it holds as long as submission and conditions are the
        same, and unless the grader itself had failed.
    conditions : Conditions
        Under which submissions are judged now.
    regrade : collection of str
        Who is to be judged again all the same, by the name of her row or of her submission.

    Yields
    ------
    Submission or None
        For each of them: what is to be judged, or None where the journal has its verdict.
    """
    for seat in seats:
        submission = seat.entry.read()
        known = journal.verdicts.get(seat.entry.name)
        again = any(name in regrade for name in _names(seat))
        if known is None or again or not _holds(known, submission, conditions):
            yield submission
        else:
            yield None


def check_names(seats: Sequence[GradebookEntry], regrade: Collection[str]) -> None:
    """Make sure that everybody who is to be judged again is there.

    Parameters
    ----------
    seats : sequence of GradebookEntry
        Everybody.
    regrade : collection of str
        As in `unjudged`.

    Raises
    ------
    SubmissionError
        If nobody has such a name.
    """
    names = {name for seat in seats for name in _names(seat)}
    for name in regrade:
        if name not in names:
            raise SubmissionError(
                f"nobody to regrade is called {name!r}; names are as in the table"
            )


def _names(seat: GradebookEntry) -> set[str]:
    return {seat.entry.name} | ({seat.learner.name} if seat.learner else set())


def _holds(verdict: Verdict, submission: Submission, conditions: Conditions) -> bool:
    same_exercises = [one.name for one in verdict.exercises] == [
        one.name for one in submission.exercises
    ]
    same_input = (verdict.submission, verdict.notes) == (submission.hash, submission.notes)
    is_ours = verdict.has_grader_error
    return same_input and same_exercises and verdict.conditions == conditions and not is_ours


def rows(
    seats: Sequence[GradebookEntry],
    journal: Journal,
    standings: Mapping[str, Standing] | None = None,
) -> list[Row]:
    """The gradebook, once everybody has a verdict.

    Parameters
    ----------
    seats : sequence of GradebookEntry
        Everybody.
    journal : Journal
        Their verdicts.
    standings : mapping, optional
        How their marks stand, by name of submission; who is not in it has no row. By default
        nothing was set by hand or published.

    Returns
    -------
    list of Row
        The same, however often the grader was interrupted on its way.
    """
    if standings is None:
        return [seat.row(journal.verdicts[seat.entry.name]) for seat in seats]
    found = [(seat, standings.get(seat.entry.name)) for seat in seats]
    return [seat.row(standing.verdict, standing) for seat, standing in found if standing]


def in_sections(seats: Sequence[GradebookEntry], sections: Collection[str]) -> list[GradebookEntry]:
    """Those of some sections.

    Parameters
    ----------
    seats : sequence of GradebookEntry
        Everybody.
    sections : collection of str
        Names of sections on the roster.

    Raises
    ------
    RosterError
        If nobody is in one of them.
    """
    known = sorted({seat.learner.section for seat in seats if seat.learner})
    for section in sections:
        if section not in known:
            there = listed(map(repr, known)) or "none"
            raise RosterError(
                f"--section {section}: expected a section of the roster, found {there}"
            )
    return [seat for seat in seats if seat.learner and seat.learner.section in sections]
