"""Which class a journal is of: the exercise asked for, the assignment, and who is in it."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import SEVERAL, Header, Line, judged_names
from grader.gradebook.records.whereabouts import whereabouts
from grader.messages.listing import listed
from grader.roster.roster import plain
from grader.verdicts.verdict import Verdict

MAX_LISTED = 3
_NUMBERED = re.compile(r"(?P<title>.*) \((?P<id>\d+)\)\s*", re.DOTALL)  # as Canvas writes it


@dataclass(frozen=True)
class GradedClass:
    """The class that a journal is asked for.

    Attributes
    ----------
    source : Path
        Path of the class.
    exercise : str or None, default None
        Name of the only exercise to judge; `SEVERAL` for several; None if that is not known.
    assignment : str, default ""
        Title of the assignment on the platform, if one was named.
    people : tuple of Identity, default ()
        Everybody in the class; empty if that is not known.
    """

    source: Path
    exercise: str | None = None
    assignment: str = ""
    people: tuple[Identity, ...] = ()

    @property
    def header(self) -> Header:
        """The header of a new journal of this class."""
        return Header(str(self.source), self.exercise, self.assignment)

    def refusal(self, path: Path, header: Header, lines: Sequence[Line]) -> str:
        """Return why a journal is of another class, and what to do; empty if it is of this one.

        Parameters
        ----------
        path : Path
            File of the journal.
        header : Header
            Its header.
        lines : sequence of Line
            Its lines.
        """
        known = replace(header, exercise=exercise_of(header, lines))
        both = f"{path} is the journal of {_told(known, self.header)}"
        if self.exercise is not None and known.exercise not in (None, self.exercise):
            return (
                f"{both}, not of {_told(self.header, known)}; each has a journal of its own: name "
                f"it with --journal {_beside(path, self.exercise)}"
            )
        if not same_assignment(header.assignment, self.assignment):
            return (
                f"{both}, not of {_told(self.header, known)}; name another one with --journal "
                f"{_beside(path, self.assignment)}. If it is the same assignment under another "
                f"title, {self._joining(path)}"
            )
        if header.source != str(self.source) and not self.is_recognised(lines):
            return (
                f"{both}, not of {_told(self.header, known)}; name another one with --journal. If "
                f"it is the same class, moved or downloaded again, {self._joining(path)}"
            )
        if self.people and lines and not self._found(lines):
            there = listed(judged_names(lines), MAX_LISTED)
            return (
                f"{path} has verdicts on {there}, of whom nobody is in {self.source} now; name "
                "another one with --journal. What was set by hand there, `grader audit` shows"
            )
        return ""

    def updated(self, header: Header, lines: Sequence[Line]) -> Header:
        """Return the header of a journal that is not refused, with what is known now.

        Parameters
        ----------
        header : Header
            The header that it has.
        lines : sequence of Line
            Its lines.
        """
        is_known = exercise_of(header, lines) == self.exercise or not lines
        exercise = self.exercise if header.exercise is None and is_known else header.exercise
        return Header(str(self.source), exercise, header.assignment or self.assignment)

    def is_recognised(self, lines: Sequence[Line]) -> bool:
        """Return whether identifiers prove that a journal at another path is of this class.

        Parameters
        ----------
        lines : sequence of Line
            Lines of the journal.
        """
        identified = whereabouts(lines, self.people).identified
        fewer = min(len(judged_names(lines)), len(self.people))
        return fewer > 0 and 2 * len(identified) >= fewer

    def _found(self, lines: Sequence[Line]) -> set[str]:
        """Return the names in a journal that are of people in this class."""
        names = {one.name for one in self.people}
        return names.intersection(judged_names(lines)) | whereabouts(lines, self.people).identified

    def _joining(self, path: Path) -> str:
        new = path.with_name(f"{path.stem}-joined{path.suffix}")
        command = shlex.join(["grader", "merge", str(new), str(path), "--class", str(self.source)])
        return (
            f"take its verdicts and marks along: `{command}`, and then "
            f"--journal {shlex.quote(str(new))}"
        )


def exercise_of(header: Header, lines: Sequence[Line]) -> str | None:
    """Return the only exercise of a journal, as in its header or found from its verdicts.

    Parameters
    ----------
    header : Header
        Its header, which does not say before schema 5.
    lines : sequence of Line
        Its lines.

    Returns
    -------
    str or None
        `SEVERAL` for several exercises. None if its verdicts are on several different selections
        of exercises, or if there are none.
    """
    if header.exercise is not None:
        return header.exercise
    scopes = {scope_of(one.content) for one in lines if isinstance(one.content, Verdict)}
    return scopes.pop() if len(scopes) == 1 else None


def scope_of(verdict: Verdict) -> str:
    """Return the only exercise of a verdict, or `SEVERAL`."""
    names = [one.name for one in verdict.exercises]
    return names[0] if len(names) == 1 else SEVERAL


def same_assignment(one: str, other: str) -> bool:
    """Return whether two titles or ids may be of the same assignment; empty ones may be of any."""
    if not one or not other:
        return True
    names, others = _names_of(one), _names_of(other)
    if len(names) > 1 and len(others) > 1:  # both with a number, which titles may share
        return one.split()[-1] == other.split()[-1]
    return bool(names & others)


def _names_of(assignment: str) -> set[str]:
    whole = " ".join(plain(assignment).split())
    found = _NUMBERED.fullmatch(whole)
    return {whole, found["title"].strip(), found["id"]} if found else {whole}


def _told(header: Header, other: Header) -> str:
    """Describe a class by that in which it differs from another."""
    told = zip(_parts(header), _parts(other), strict=True)
    return ", ".join(one for one, another in told if one and one != another)


def _parts(header: Header) -> tuple[str, str, str]:
    exercise = "several exercises" if header.exercise == SEVERAL else header.exercise or ""
    assignment = f"the assignment {header.assignment!r}" if header.assignment else ""
    return header.source, exercise, assignment


def _beside(path: Path, word: str) -> str:
    """Suggest the name of another journal, beside one."""
    plain_word = re.sub(r"\W+", "-", word).strip("-") or "all"
    return shlex.quote(str(path.with_name(f"{path.stem}-{plain_word}{path.suffix}")))
