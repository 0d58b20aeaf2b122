"""The people of a class: their marks follow them, and are not left behind in another journal."""

import re
import shlex
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from grader.errors import SubmissionError
from grader.gradebook.journal import Journal, JournalError, now
from grader.gradebook.records.graded_class import GradedClass, exercise_of, same_assignment
from grader.gradebook.records.identity import Identity, Renaming
from grader.gradebook.records.journal_format import Line, judged_names, read_journal, read_whole
from grader.gradebook.records.naming import Called, Naming, Unclear
from grader.gradebook.records.whereabouts import recorded, whereabouts
from grader.gradebook.rows import GradebookEntry
from grader.gradebook.standing import standings
from grader.messages.listing import listed

_COPY = re.compile(r" \(\d+\)(?=\.\w+$|$)")
"""What a browser appends to the name of a file that is downloaded again."""


def people_of(entries: Sequence[GradebookEntry]) -> tuple[Identity, ...]:
    """Return who is in a class.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the whole class.
    """
    found = []
    for entry in entries:
        name, learner = entry.pending.name, entry.learner
        known = learner.identifiers if learner else ()
        ids = dict.fromkeys(filter(None, (entry.pending.identifier, *known)))
        found.append(Identity(name, learner.name if learner else name, tuple(ids)))
    return tuple(found)


def submissions_named(
    entries: Sequence[GradebookEntry],
    names: Collection[str],
    option: str,
    lines: Sequence[Line] = (),
) -> frozenset[str]:
    """Return the names of the submissions that are meant.

    Parameters
    ----------
    entries : sequence of GradebookEntry
        Entries of the class.
    names : collection of str
        Names of submissions or of learners, or ids.
    option : str
        Where the names stand, for error messages.
    lines : sequence of Line, default ()
        Lines of the journal, if the entries were made without a roster: it may have names, too.

    Raises
    ------
    SubmissionError
        If a name fits nobody, or several.
    """
    if not names:
        return frozenset()
    known = recorded(lines)
    found = {}
    for one in people_of(entries):
        other = known.get(one.name, one)
        names_of = frozenset((one.name, one.called, other.called))
        found[one.name] = Called(names_of, frozenset((*one.ids, *other.ids)))
    try:
        return frozenset(map(Naming(found).meant, names))
    except Unclear as error:
        raise SubmissionError(f"{option}: {error}") from None


def follow(journal: Journal, people: Sequence[Identity], warn: Callable[[str], None]) -> None:
    """Let verdicts and marks follow people whose submissions have other names now.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    people : sequence of Identity
        Everybody in the class.
    warn : callable
        Called with a warning that names them.
    """
    moves = whereabouts(journal.lines, people).moves
    if moves:
        told = (f"{before} is now {name}" for before, name in sorted(moves.items()))
        warn(f"recognised by their ids, with what was judged and set by hand: {listed(told)}")
    journal.decide(*_in_turn(moves))


def _in_turn(moves: dict[str, str]) -> list[Renaming]:
    """Return one renaming after another, so that no two people have one name in between."""
    left, found, at = dict(moves), [], now()
    while left:
        free = next((one for one in left if left[one] not in left), None)
        if free is None:  # they swap names
            before = next(iter(left))
            aside = f"{before} (aside)"
            found.append(Renaming(aside, before, at))
            left[aside] = left.pop(before)
        else:
            found.append(Renaming(left.pop(free), free, at))
    return found


def record(journal: Journal, people: Sequence[Identity]) -> None:
    """Record who handed in each submission, where that is not yet known.

    Parameters
    ----------
    journal : Journal
        The journal of the class, open.
    people : sequence of Identity
        Everybody in the class.
    """
    known = {one.name: (one.called, one.ids) for one in recorded(journal.lines).values()}
    at = now()
    journal.decide(
        *(
            Identity(one.name, one.called, one.ids, at)
            for one in people
            if one.name in journal.verdicts and (one.ids or one.called != one.name)
            if known.get(one.name) != (one.called, one.ids)
        )
    )


def check_nothing_is_left_behind(path: Path, graded: GradedClass) -> None:
    """Check that a new journal does not begin without marks that another one has.

    Parameters
    ----------
    path : Path
        File of a journal that does not exist yet.
    graded : GradedClass
        The class that it will be of.

    Raises
    ------
    JournalError
        If another journal beside it has marks set by hand or published on the same people and
        exercise.
    """
    marked: dict[str, list[str]] = {}
    for other in sorted(path.absolute().parent.glob("*.journal")):
        try:
            header, lines = read_journal(other, read_whole(other))
        except JournalError:
            continue
        is_same = (
            exercise_of(header, lines) in (None, graded.exercise)
            and same_assignment(header.assignment, graded.assignment)
            and _is_same_class(Path(header.source), lines, graded)
        )
        if is_same and (names := _marked(lines)):
            marked[str(path.with_name(other.name))] = names
    if marked:
        has = " and ".join(marked) + (" has" if len(marked) == 1 else " have")
        names = sorted({name for found in marked.values() for name in found})
        join = shlex.join(["grader", "merge", str(path), *marked, "--class", str(graded.source)])
        raise JournalError(
            f"{has} marks set by hand or published on people of this class: {listed(names)}. To "
            f"take them along: `{join}`, then the same command again. To begin without them, "
            "name a new journal with --journal"
        )


def _marked(lines: Sequence[Line]) -> list[str]:
    return sorted(
        name for name, one in standings(lines).items() if one.marks or one.publication is not None
    )


def _is_same_class(source: Path, lines: Sequence[Line], graded: GradedClass) -> bool:
    """Return whether ids prove it or, for another download of a file, the same names."""
    if graded.is_recognised(lines):
        return True
    names = {one.name for one in graded.people}
    shared = names.intersection(judged_names(lines))
    is_copy = _COPY.sub("", source.name) == _COPY.sub("", graded.source.name)
    return is_copy and 2 * len(shared) >= min(len(names), len(judged_names(lines))) > 0
