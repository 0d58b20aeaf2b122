"""Finds whom an instructor means: by the name of a submission, a name in the table, or an id."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from grader.gradebook.records.journal_format import JournalError, Line, judged_names
from grader.gradebook.records.whereabouts import keys_of, recorded
from grader.messages.listing import listed
from grader.roster.matching import Index
from grader.roster.roster import Learner, plain

MAX_LISTED = 10  # names suggested for one that is unknown, the nearest first
_NEAR = 0.3


@dataclass(frozen=True)
class Called:
    """What a submission and its learner are called.

    Attributes
    ----------
    names : frozenset of str
        Name of the submission, and of the learner in the table and on pages.
    ids : frozenset of str, default ()
        Identifiers.
    """

    names: frozenset[str]
    ids: frozenset[str] = frozenset()


class Unclear(ValueError):
    """A name fits nobody, or several."""


class Naming:
    """What the submissions of a class are called.

    Parameters
    ----------
    known : mapping of str to Called
        What each is called, by name of the submission.
    """

    def __init__(self, known: Mapping[str, Called]) -> None:
        self.known = known
        named = [(name, one) for one, called in known.items() for name in called.names]
        self._owners = [one for _, one in named]
        self._index = Index([Learner(name) for name, _ in named])

    def meant(self, name: str) -> str:
        """Return the submission that is meant.

        Parameters
        ----------
        name : str
            Name of a submission or of a learner as it stands there; or an id, if it is no name.

        Raises
        ------
        Unclear
            If the name fits none of them, or more than one.
        """
        wanted = _composed(name)
        for kind in ("names", "ids"):
            fits = [
                one
                for one, called in self.known.items()
                if wanted in map(_composed, getattr(called, kind))
            ]
            if fits:
                return self._only(fits, repr(name))
        raise self._unknown(name)

    def person(self, person: Learner) -> str:
        """Return the submission of a person in a list, whose name may be spelt in another way.

        Parameters
        ----------
        person : Learner
            The person; identifiers go before the name.

        Raises
        ------
        Unclear
            If nobody, or more than one, fits, or if the name is that of somebody else.
        """
        keys = keys_of(person.identifiers)
        identified = [
            one
            for one, called in self.known.items()
            if keys & (keys_of(called.ids) | set(map(plain, called.names)))
        ]
        if identified:
            return self._only(identified, f"the id of {person.name!r}")
        named = {self._owners[number] for number in self._index.find(person.name)}
        if keys:  # of somebody else, if those of the namesake are known
            named = {one for one in named if not self.known[one].ids}
        if not named:
            return self.meant(person.name)  # an id in the column of names
        return self._only(sorted(named), repr(person.name))

    def _only(self, fits: Collection[str], told: str) -> str:
        if len(fits) > 1:
            named = listed(_described(one, self.known[one]) for one in fits)
            raise Unclear(f"{told} fits several submissions: {named}; name one of them, or an id")
        (only,) = fits
        return only

    def _unknown(self, name: str) -> Unclear:
        names = [one for called in self.known.values() for one in sorted(called.names)]
        nearest_first = dict.fromkeys([*get_close_matches(name, names, MAX_LISTED, _NEAR), *names])
        return Unclear(
            f"expected the name of a submission or of a learner, or an id, found {name!r}; known "
            f"names: {listed(nearest_first, MAX_LISTED) or 'none'}"
        )


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _described(submission: str, called: Called) -> str:
    ids = sorted(called.ids - {submission})
    return f"{submission} ({ids[0]})" if ids and ids[0] not in submission else submission


def called_in(lines: Sequence[Line], roster: Sequence[Learner] = ()) -> Naming:
    """Return what the submissions in a journal are called.

    Parameters
    ----------
    lines : sequence of Line
        Lines of the journal.
    roster : sequence of Learner, default ()
        The class, for a journal that was written without it.
    """
    people, index = recorded(lines), Index(roster)
    found = {}
    for name in judged_names(lines):
        names, ids = {name}, set[str]()
        # Platforms append an identifier to the name: bergbob_1002, Bob Berg_501.
        number = name.rpartition("_")[2]
        if name in people:
            names.add(people[name].called)
            ids.update(people[name].ids)
        elif number.isdigit():
            ids.add(number)
        learners = [roster[number] for number in index.find(name, number)]
        names.update(one.name for one in learners)
        if len(learners) == 1:
            ids.update(learners[0].identifiers)
        found[name] = Called(frozenset(names), frozenset(ids))
    return Naming(found)


def submission_in(
    path: Path, lines: Sequence[Line], name: str, roster: Sequence[Learner] = ()
) -> str:
    """Return the submission in a journal that is meant.

    Parameters
    ----------
    path : Path
        File of the journal, for error messages.
    lines : sequence of Line
        Its lines.
    name : str
        Name of a submission or of a learner, or an id.
    roster : sequence of Learner, default ()
        The class, as for `called_in`.

    Raises
    ------
    JournalError
        If the name fits none of them, or more than one.
    """
    try:
        return called_in(lines, roster).meant(name)
    except Unclear as error:
        raise JournalError(f"{path}: {error}") from None
