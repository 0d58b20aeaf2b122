"""Matches submissions to the learners on a roster, without guessing."""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from grader.messages.listing import listed
from grader.roster.roster import MAX_LISTED, Learner, plain

_MAX_WORDS = 8  # words of a name that are tried as its first word
_NOBODY = ("anon", "participant")  # written by platforms if names are hidden


@dataclass(frozen=True)
class Match:
    """The result of matching one submission.

    Attributes
    ----------
    submission : str
        Key of the submission.
    learner : Learner or None
        The learner who handed it in; None if that is not certain.
    note : str, default ""
        Why the match is not certain, or is unusual.
    fits : tuple of Learner
        All learners on the roster whom the submission fits.
    is_of_group : bool, default False
        Whether a group handed it in. Each of its members then has a match of their own.
    """

    submission: str
    learner: Learner | None = None
    note: str = ""
    fits: tuple[Learner, ...] = ()
    is_of_group: bool = False


@dataclass(frozen=True)
class Matching:
    """The result of matching all submissions. Each learner is in exactly one of the three.

    Attributes
    ----------
    matches : tuple of Match
        One for each submission, or for each member of its group, sorted by key.
    absent : tuple of Learner
        Learners whom no submission fits, in the order of the roster.
    unclear : tuple of Learner
        Learners whom only submissions without a certain match fit, in the order of the roster.
    """

    matches: tuple[Match, ...]
    absent: tuple[Learner, ...]
    unclear: tuple[Learner, ...]


def match(
    roster: Sequence[Learner],
    submissions: Mapping[str, str],
    logins: Mapping[str, Sequence[str]] | None = None,
    unsure: Collection[str] = (),
) -> Matching:
    """Match submissions to learners.

    Parameters
    ----------
    roster : sequence of Learner
        The class.
    submissions : mapping of str to str
        For the key of each submission, the platform's identifier of the person, or an empty string.
    logins : mapping of str to sequence of str, optional
        Addresses, and logins or names of groups that a key may end in. They are looked up if
        nobody is found by the key itself.
    unsure : collection of str, default ()
        Keys whose identifier may be that of a group. It identifies nobody of another name, unless
        names are hidden: all submissions then have the same one.
    """
    index, unsure = Index(roster), set(unsure)
    fits, groups = {}, {}
    for key in sorted(submissions):
        names = logins.get(key, ()) if logins else ()
        fits[key], groups[key] = _fitting(index, key, submissions[key], names)
    claims: dict[int, list[str]] = defaultdict(list)
    for key, found in fits.items():
        for number in found if len(found) == 1 or groups[key] else ():
            claims[number].append(key)
    named = Counter(_name_of(key, submissions[key]) for key in unsure)
    matches: list[Match] = []
    for key, found in fits.items():
        if groups[key]:
            matches += _decide_group(index, key, groups[key], found, claims)
        else:
            is_unsure = key in unsure and named[_name_of(key, submissions[key])] == 1
            matches.append(_decide(index, key, submissions[key], found, claims, is_unsure))
    doubtful = {one.submission for one in matches if one.learner is None}
    given = {
        number for number, keys in claims.items() if len(keys) == 1 and keys[0] not in doubtful
    }
    fitting = {number for found in fits.values() for number in found}
    return Matching(
        tuple(matches),
        absent=tuple(one for number, one in enumerate(roster) if number not in fitting),
        unclear=tuple(roster[number] for number in sorted(fitting - given)),
    )


def _fitting(
    index: "Index", key: str, identifier: str, logins: Sequence[str]
) -> tuple[list[int], str]:
    """Return the learners whom a submission fits, and the name of their group if it has one."""
    found = index.find(key, identifier)
    if not found:
        found = sorted({number for login in logins for number in index.identified(login)})
    for name in (_name_of(key, identifier), *logins):
        members = index.members(name)
        if members and set(found) <= set(members):
            return members, name
        found = sorted({*found, *members})  # a number may be that of somebody else
    return found, ""


class Index:
    """An index of learners by name, identifier and group.

    Parameters
    ----------
    roster : sequence of Learner
        The learners, in the order of their indices.
    """

    def __init__(self, roster: Sequence[Learner]) -> None:
        self.roster = roster
        self._by_identifier: dict[str, set[int]] = defaultdict(set)
        self._by_name: dict[str, set[int]] = defaultdict(set)
        self._by_group: dict[str, set[int]] = defaultdict(set)
        for number, learner in enumerate(roster):
            for identifier in learner.identifiers:
                self._by_identifier[plain(identifier)].add(number)
            for name in _orders(learner.name):
                self._by_name[name].add(number)
            for name in learner.groups:
                self._by_group[_letters(name)].add(number)

    def members(self, name: str) -> list[int]:
        """Return indices of the learners in a group of this name, sorted."""
        return sorted(self._by_group.get(_letters(name), ()) if _letters(name) else ())

    def identified(self, key: str, identifier: str = "") -> set[int]:
        """Return indices of the learners with an identifier, or else those whom a key identifies.

        Parameters
        ----------
        key : str
            Name of the submission, or an identifier.
        identifier : str, default ""
            The platform's identifier of the person.
        """
        known = self._by_identifier.get(plain(identifier)) if identifier.strip() else None
        return known or self._by_identifier.get(plain(key), set())

    def _named(self, key: str, identifier: str) -> set[int]:
        return self._by_name.get(_letters(_name_of(key, identifier)), set())

    def find(self, key: str, identifier: str = "") -> list[int]:
        """Find all learners whom a submission fits.

        If the identifier and the name fit different learners, all of them are returned.

        Parameters
        ----------
        key : str
            Name of the submission.
        identifier : str, default ""
            The platform's identifier of the person.

        Returns
        -------
        list of int
            Indices into the roster, sorted.
        """
        identified = self.identified(key, identifier)
        named = self._named(key, identifier)
        return sorted((identified & named) or (identified | named))


def _decide(
    index: Index,
    key: str,
    identifier: str,
    found: list[int],
    claims: Mapping[int, list[str]],
    is_unsure: bool,
) -> Match:
    fits = tuple(index.roster[number] for number in found)
    if not fits:
        return Match(key, note="is not on the roster")
    if len(fits) > 1:
        text = listed(map(_described, fits), MAX_LISTED, "; ")
        return Match(key, None, f"fits {_count(fits)} on the roster: {text}", fits)
    [learner] = fits
    rivals = claims[found[0]]
    if len(rivals) > 1:
        text = (
            f"{_count(rivals)} submissions of {learner.name}: {listed(rivals, MAX_LISTED, ' and ')}"
        )
        return Match(key, None, f"{text}; give each its own row", fits)
    if _has_other_name(index, key, identifier, learner):
        note = f"has the number {identifier} of {learner.name}, but another name"
        if is_unsure:
            return Match(key, None, f"{note}; is it a group?", fits)
        return Match(key, learner, note, fits)
    return Match(key, learner, "", fits)


def _decide_group(
    index: Index, key: str, name: str, found: list[int], claims: Mapping[int, list[str]]
) -> list[Match]:
    """Return a match for each member of a group, but for those with another submission."""
    members = [index.roster[number] for number in found]
    fits = tuple(members)
    note = f"handed in by the group {name}: {listed((one.name for one in members), MAX_LISTED)}"
    sure = [index.roster[number] for number in found if claims[number] == [key]]
    matches = [Match(key, one, note, fits, is_of_group=True) for one in sure]
    twice = [index.roster[number].name for number in found if claims[number] != [key]]
    if matches or not twice:
        return matches
    others = "each of whom has another submission; give each learner one"
    return [Match(key, None, f"{note}, {others}", fits)]


def _has_other_name(index: Index, key: str, identifier: str, learner: Learner) -> bool:
    """Return whether the name does not fit the learner whom the identifier fits.

    It may be the name of a group, or files may have been mixed up.
    """
    name = _name_of(key, identifier)
    is_named = name != identifier != "" and name.casefold() not in ("", *_NOBODY)
    is_hidden = plain(learner.name).endswith(plain(identifier))  # as in "Participant 123"
    is_login = plain(key) in map(plain, learner.identifiers)
    # Moodle can be set to write "jdoe Jane Doe".
    named = index._named(key, identifier) | index._named(name.partition(" ")[2], "")
    is_same = learner in [index.roster[number] for number in named]
    return is_named and not is_hidden and not is_login and not is_same


def _name_of(key: str, identifier: str) -> str:
    return key.removesuffix(f"_{identifier}") if identifier else key


def _orders(name: str) -> set[str]:
    """Return all rotations of the words of a name, so that "Doe, Jane" equals "Jane Doe"."""
    words = [_letters(word) for word in re.split(r"[\s,]+", name)]
    turns = range(min(len(words), _MAX_WORDS))
    return {"".join(words[turn:] + words[:turn]) for turn in turns} - {""}


def _letters(text: str) -> str:
    """Return letters, digits and combining marks (vowels in some scripts) of a normalised text."""
    return "".join(one for one in plain(text) if unicodedata.category(one)[0] in "LMN")


def _described(learner: Learner) -> str:
    others = [one for one in learner.identifiers if one != learner.name]
    return f"{learner.name} ({others[0]})" if others else learner.name


def _count(items: Sequence[object]) -> str:
    return {2: "two", 3: "three"}.get(len(items), str(len(items)))
