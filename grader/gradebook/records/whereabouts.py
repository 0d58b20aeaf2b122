"""Where the people of a journal are in a class now, by identifiers that belong to one person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.gradebook.records.identity import Identity
from grader.gradebook.records.journal_format import Line, judged_names
from grader.roster.roster import plain


@dataclass(frozen=True)
class Whereabouts:
    """Where the people of a journal are now.

    Attributes
    ----------
    moves : dict of str to str
        New name of the submission, by the name in the journal, where it is another one.
    identified : frozenset of str
        Names in the journal whose people are in the class, as their identifiers prove.
    """

    moves: dict[str, str]
    identified: frozenset[str]


def recorded(lines: Sequence[Line]) -> dict[str, Identity]:
    """Return what a journal has recorded last about who handed in each submission.

    Parameters
    ----------
    lines : sequence of Line
        Lines of a journal.
    """
    contents = (one.content for one in lines)
    return {one.name: one for one in contents if isinstance(one, Identity)}


def whereabouts(lines: Sequence[Line], people: Sequence[Identity]) -> Whereabouts:
    """Find the people of a journal in a class.

    A name that is in both stays, unless its identifiers belong to somebody else now: folders and
    namesakes change hands.

    Parameters
    ----------
    lines : sequence of Line
        Lines of the journal.
    people : sequence of Identity
        Everybody in the class.
    """
    known = recorded(lines)
    here = {one.name: keys_of(one.ids) for one in people}
    owners: dict[str, set[str]] = defaultdict(set)
    for name, keys in here.items():
        for key in keys:
            owners[key].add(name)
    sole = {key: names.pop() for key, names in owners.items() if len(names) == 1}
    homes: dict[str, str] = {}
    for name in judged_names(lines):
        keys = keys_of(known[name].ids) if name in known else set()
        found = {sole[key] for key in keys if key in sole} or _numbered_alike(name, sole)
        if len(found) == 1:
            homes[name] = found.pop()
    moves = {name: home for name, home in homes.items() if name != home}
    if 2 * len(homes) > len(known):  # the list is of the same kind: other ids are other people
        taken = {*here, *judged_names(lines)}
        for name in _strangers(known, here, homes):
            moves[name] = _free(f"{name} ({known[name].ids[0]})", taken)
    return Whereabouts(moves, frozenset(homes))


def _strangers(
    known: Mapping[str, Identity], here: Mapping[str, set[str]], homes: Mapping[str, str]
) -> list[str]:
    """Return names of learners without a submission that namesakes of theirs have now."""
    return [
        name
        for name, person in known.items()
        if person.called == name and name in here and name not in homes
        if person.ids and here[name] and not keys_of(person.ids) & here[name]
    ]


def keys_of(ids: Iterable[str]) -> set[str]:
    """Return identifiers that can be compared; not what stands before the @ of an address."""
    keys = {plain(one) for one in ids}
    return keys - {one.rpartition("@")[0] for one in keys if "@" in one}


def _numbered_alike(name: str, sole: Mapping[str, str]) -> set[str]:
    """Return the submission with the platform's number in a name: ``Bob Berg_501``.

    A journal before schema 5 has identifiers nowhere else.
    """
    number = name.rpartition("_")[2]
    owner = sole.get(number, "")
    return {owner} if number.isdigit() and owner.endswith(f"_{number}") else set()


def _free(name: str, taken: set[str]) -> str:
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return name if name not in taken else next(one for one in numbered if one not in taken)
