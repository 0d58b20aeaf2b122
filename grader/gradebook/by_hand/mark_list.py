"""Sets many marks by hand from one CSV file; nothing is written unless every line makes sense."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.gradebook.by_hand.wishes import Wish, mark_of
from grader.gradebook.journal import Journal, JournalError
from grader.gradebook.marks import WHOLE, ManualMark
from grader.gradebook.records.naming import Unclear, called_in
from grader.gradebook.standing import standings
from grader.messages.listing import listed
from grader.roster.roster import Learner, read_people

COLUMNS = ("exercise", "points", "reason", "comment")
EXCUSED = ("excused", "ex")  # in the place of points
MAX_TOLD = 20  # lines in an error message


def set_marks(
    journal: Journal, path: Path, common: Wish, by: str, roster: Sequence[Learner] = ()
) -> list[ManualMark]:
    """Set the marks of a list.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    path : Path
        A CSV file with names, addresses or ids, and columns of `COLUMNS`.
    common : Wish
        Exercise, reason and comment of lines without their own.
    by : str
        Who sets the marks.
    roster : sequence of Learner, default ()
        The class, for a journal that was written without it.

    Returns
    -------
    list of ManualMark
        The marks, which have been written to the journal.

    Raises
    ------
    RosterError
        If the file cannot be read.
    JournalError
        If any line makes no sense: nothing is written then. The error has all of these lines.
    """
    naming, known = called_in(journal.lines, roster), standings(journal.lines)
    default = common.exercise or journal.header.exercise or WHOLE
    marks: dict[tuple[str, str, bool], tuple[int, ManualMark]] = {}
    problems = []
    for number, person, values in read_people(path, COLUMNS):
        try:
            name = naming.person(person)
            wish = _wish(replace(common, name=name, exercise=default), values)
            mark = mark_of(wish, known[name], by)
            place = (name, mark.exercise, mark.decides)
            if place in marks:
                raise ValueError(f"{name}, {mark.exercise} is in line {marks[place][0]}, too")
            marks[place] = (number, mark)
        except (Unclear, ValueError, JournalError) as error:
            problems.append(f"{path}, line {number}: {error}")
    if problems:
        told = listed(problems, MAX_TOLD, "\n")
        raise JournalError(f"no mark was set:\n{told}")
    if not marks:
        raise JournalError(f"{path}: expected a line for each mark below the header, found none")
    made = [mark for _, mark in marks.values()]
    journal.decide(*made)
    return made


def _wish(common: Wish, values: Mapping[str, str]) -> Wish:
    """Return what a line asks for."""
    text = values.get("points", "")
    is_excused = text.casefold() in EXCUSED
    return replace(
        common,
        exercise=values.get("exercise", common.exercise),
        points=_number(text) if text and not is_excused else None,
        excused=is_excused,
        reason=values.get("reason", common.reason),
        comment=values.get("comment", common.comment),
    )


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ".", 1))
    except ValueError:
        raise ValueError(f"points {text!r}: expected a number such as 7.5, or excused") from None
