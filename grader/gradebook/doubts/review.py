"""What a person should look at: rows, with reasons, and signs that a class is not the one meant.

Notes on a row are of three kinds: those that a person should look at, facts about the mark, and
routine, which is shown on request. A note of no known kind is never routine.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from grader.gradebook.doubts.no_mark import KINDS
from grader.messages.message import Message, Text
from grader.verdicts.verdict import Basis, Outcome

if TYPE_CHECKING:
    from grader.gradebook.rows import Row

ROUTINE = (
    "cell {number}: {line} is ignored",
    "line {number}: {line} is ignored",
    "cell {number} is the file {file}",
    "{path} is taken for {files}",
    "{folder}/ is not read: it belongs to the course",
    "given by the course, whose own counts: {files}",
    "not taught in this course: {files}",
)
"""Notes that follow from how people hand in, and change no mark."""

_BY_NOTE = {
    "not used: {files}": "several files",
    "{path} is there {number} times; {source} counts": "several files",
    "{file} may be any of {places}: {latest} counts, which was changed last": "several files",
    "{file} may be any of {places}: hand in one of them": "several files",
    "what was uploaded last for {file} holds no work: what was uploaded before counts": (
        "several files"
    ),
    "handed in late": "late without a time",
}
_IN_PART = "read in part"
_OURS = "the grader itself failed"
_FACTS = (
    "{name} is borrowed from the reference: it counts no points",
    "there are {number} attempts; {last} is the last one",
    "handed in by a group: {people}",
)


def is_routine(note: Text) -> bool:
    """Return whether a note needs no attention: it is one of `ROUTINE`, or made of such notes."""
    return any(one.text in ROUTINE for one in _messages(note))


def kinds_of(notes: Sequence[Text], *, is_timed: bool) -> tuple[str, ...]:
    """Return what a person should look at by the notes from reading a submission.

    Parameters
    ----------
    notes : sequence of str or Message
        Notes of the verdict.
    is_timed : bool
        Whether it is known when the submission arrived.
    """
    found = []
    for note in notes:
        texts = {one.text for one in _messages(note)}
        if texts.intersection(_FACTS) or is_routine(note):
            continue
        kind = next((_BY_NOTE[text] for text in texts if text in _BY_NOTE), _IN_PART)
        if not (is_timed and kind == "late without a time"):
            found.append(kind)
    return tuple(dict.fromkeys(found))


def _messages(note: Text) -> Iterator[Message]:
    if isinstance(note, Message):
        yield note
        for _, value in note.values:
            if isinstance(value, Message):
                yield from _messages(value)


def to_look_at(row: "Row") -> tuple[str, ...]:
    """Return why a person should look at a row, the shortest reason first; nothing if none should.

    Parameters
    ----------
    row : Row
        Row of the gradebook.
    """
    found = list(row.attention)
    open_ = [one for one in row.verdict.exercises if not row.is_set_by_hand(one)]
    if row.has_grader_error:
        found.append(_OURS)
    elif row.handed_in:
        unjudged = [one.basis for one in open_ if one.basis is not Basis.JUDGED]
        if not row.no_mark:  # an exercise that was left out is no surprise beside others
            unjudged = [one for one in unjudged if one is not Basis.MISSING]
        found += [KINDS[one] for one in unjudged]
        blocked = any(
            spec.outcome is Outcome.BLOCKED
            for one in open_
            if one.basis is Basis.JUDGED
            for spec in one.specs
        )
        found += ["blocked by an earlier exercise"] if blocked else []
    if any(kind in found for kind in ("unreadable", "not recognised", _OURS)):
        found = [one for one in found if one != _IN_PART]
    return tuple(sorted(dict.fromkeys(found), key=lambda one: (len(one), one)))


def ordered(rows: Sequence["Row"]) -> list[tuple[int, str]]:
    """Return the rows that a person should look at, those with the shortest reasons first.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.

    Returns
    -------
    list of (int, str)
        Index of each row, and the reasons, separated by commas.
    """
    told = ((number, ", ".join(to_look_at(row))) for number, row in enumerate(rows))
    return sorted((pair for pair in told if pair[1]), key=lambda pair: (len(pair[1]), pair[::-1]))


def doubt_of(rows: Sequence["Row"], *, has_roster: bool) -> str:
    """Return why the class seems not to be the one that was meant; empty if it seems right.

    Parameters
    ----------
    rows : sequence of Row
        Rows of a class.
    has_roster : bool
        Whether the submissions were matched to a roster.
    """
    handed_in = [row for row in rows if row.handed_in]
    if not handed_in:
        return ""
    if has_roster and all(row.learner is None for row in handed_in):
        return (
            f"none of the submissions ({len(handed_in)}) fits anybody on the roster. Check that "
            "class and roster belong together, and that the roster has the names or ids by which "
            "submissions are called"
        )
    bases = [{one.basis for one in row.verdict.exercises} for row in handed_in]
    without = [found for found in bases if found and found <= {Basis.NOTHING, Basis.MISSING}]
    other = [found for found in bases if found == {Basis.MISSING}]
    if len(without) == len(handed_in) or 2 * len(other) > len(handed_in):
        names = ", ".join(one.name for one in handed_in[0].verdict.exercises)
        return (
            f"{len(without)} of the {len(handed_in)} submissions have nothing of {names}. Check "
            "that they were handed in for it, or name another exercise with --exercise"
        )
    return ""
