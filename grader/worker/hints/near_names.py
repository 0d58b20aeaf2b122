"""Finds the name that is most likely meant by one that is not there. In doubt, none is."""

import re
from collections.abc import Callable, Iterable
from difflib import SequenceMatcher
from functools import lru_cache

MAX_LENGTH = 60
"""Longer names are not compared: that takes quadratic time."""

MAX_PAIRS = 4096
"""Number of pairs of names of which is remembered whether they are alike.

Each submission of a class is asked for the names of all exercises, and most have the same names.
"""

LIKENESS = 0.8
"""From which ratio of common letters on two long names are taken for the same."""

_FILLERS = frozenset(
    ("layer", "func", "function", "method", "node", "prop", "propagation", "pass", "my")
)
_COUNTERS = frozenset(("num", "n", "number", "of", "max", "no", "count"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def misspelt(name: str, others: Iterable[str]) -> str:
    """Return the name of which another is a misspelling.

    Parameters
    ----------
    name : str
        The name that is not there.
    others : iterable of str
        Those that are there.

    Returns
    -------
    str
        The one that differs in capitals, underscores or a slip of the keyboard. An empty string if
        there is none, or more than one.
    """
    return _only(name, others, (_has_same_letters, _is_slip_of, _is_like))


def nearest(name: str, others: Iterable[str]) -> str:
    """Return the name that was chosen in place of another.

    Parameters
    ----------
    name : str
        The name that was asked for.
    others : iterable of str
        Those that are there.

    Returns
    -------
    str
        As `misspelt`, or the one that says the same in other words: ``AffineLayer``, ``grad_W`` for
        ``dW``, ``Relu`` for ``Relu1``, ``lr`` for ``learning_rate``.
    """
    ways = (_has_same_letters, _is_same_without_number, _has_same_words, _is_same_derivative)
    return _only(name, others, (*ways, _is_slip_of, _is_like))


def nearest_key(key: str, others: Iterable[str]) -> str:
    """Return the key that was chosen in place of another.

    Parameters
    ----------
    key : str
        The key that was asked for.
    others : iterable of str
        Those that are there.

    Returns
    -------
    str
        As `nearest`; a gradient may also be kept under the name of the derivative, ``dW1``.
    """
    known = list(others)
    derivative = f"d{key}"
    return nearest(key, known) or (
        derivative if derivative in known else nearest(derivative, known)
    )


def _only(name: str, others: Iterable[str], ways: Iterable[Callable[[str, str], bool]]) -> str:
    if len(name) > MAX_LENGTH:
        return ""
    known = [one for one in dict.fromkeys(others) if one != name and len(one) <= MAX_LENGTH]
    for is_meant in ways:
        found = [one for one in known if is_meant(name, one)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def bare(name: str) -> str:
    """Return a name without underscores and capitals."""
    return name.replace("_", "").lower()


def _has_same_letters(name: str, other: str) -> bool:
    return bare(name) == bare(other) != ""


def _is_same_without_number(name: str, other: str) -> bool:
    """Return whether only one of two names has a number at its end."""
    one, two = bare(name), bare(other)
    stems = one.rstrip("0123456789"), two.rstrip("0123456789")
    return stems[0] == stems[1] != "" and len(stems[0]) > 1 and stems[0] in (one, two)


def _words(name: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(name)]


def _has_same_words(name: str, other: str) -> bool:
    """Return whether two names have the same words, of which some may be cut short or left out."""
    wanted, found = _words(name), _words(other)
    initials = "".join(word[0] for word in wanted)
    if len(wanted) > 1 and bare(other) == initials:
        return True
    one, two = _core(wanted), _core(found)
    is_same = "".join(one) == "".join(two) and len("".join(one)) > 2
    return is_same or _are_cut_short(wanted, found) or _are_cut_short(one, two)


def _core(words: list[str]) -> list[str]:
    """Leave out the words that only say what kind of thing a name stands for."""
    return [_singular(word) for word in words if word not in _FILLERS | _COUNTERS]


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and word[-2] != "s" else word


def _are_cut_short(words: list[str], others: list[str]) -> bool:
    return len(words) == len(others) > 0 and all(
        one == other
        or (min(len(one), len(other)) > 2 and (one.startswith(other) or other.startswith(one)))
        for one, other in zip(words, others, strict=True)
    )


def _is_same_derivative(name: str, other: str) -> bool:
    """Return whether another name is that of the same derivative: ``dW``, ``grad_W``, ``dL_dW``."""
    if not (name.startswith("d") and 1 < len(name) <= 4):
        return False
    of = bare(name[1:])
    before, after = (
        ("grad", "grads", "gradient", "delta", "diff", "dl", "dld"),
        ("grad", "gradient"),
    )
    spellings = {f"{word}{of}" for word in before} | {f"{of}{word}" for word in after}
    return bare(other) in spellings


@lru_cache(MAX_PAIRS)
def _is_slip_of(name: str, other: str) -> bool:
    """Return whether one letter is missing, added, or other, or two neighbours are swapped."""
    one, two = bare(name), bare(other)
    if _differ_by_more(one, two) or abs(len(one) - len(two)) > 1:
        return False
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    shortest = min(len(bare(name)), len(bare(other)))
    if len(one) == len(two) == 2:
        return one == two[::-1] and shortest > 1
    if len(one) == len(two) == 1:
        return shortest > 3
    is_doubled = _without_doubles(bare(name)) == _without_doubles(bare(other))
    return len(one) + len(two) == 1 and (shortest > 2 or is_doubled)


def _without_doubles(text: str) -> str:
    return re.sub(r"(.)\1", r"\1", text)


@lru_cache(MAX_PAIRS)
def _is_like(name: str, other: str) -> bool:
    one, two = bare(name), bare(other)
    if min(len(one), len(two)) < 6 or _differ_by_more(one, two):
        return False
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= LIKENESS


def _differ_by_more(one: str, two: str) -> bool:
    """Return whether two names differ in what is no slip: a number, or the d of a derivative."""
    numbers = [re.sub(r"\D", "", text) for text in (one, two)]
    return numbers[0] != numbers[1] or one in (f"d{two}", two) or two == f"d{one}"
