"""Stable pseudonyms of learners, meaningless without the secret."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from grader.gradebook.rows import Row
from grader.messages.explanation import changed
from grader.messages.message import literal
from grader.verdicts.verdict import ExerciseVerdict, Feedback, SpecVerdict

_Found = TypeVar("_Found", SpecVerdict, Feedback)


def pseudonymised(rows: Sequence[Row], secret: str) -> list[Row]:
    """Return the gradebook with pseudonyms in place of names.

    Parameters
    ----------
    rows : sequence of Row
        Rows of the gradebook.
    secret : str
        Secret of the course, from which the pseudonyms are computed.

    Returns
    -------
    list of Row
        The same rows, sorted by pseudonym, as the original order would give hints about the names.
        Addresses and notes, which may contain names, are left out; in messages, hints and output
        of a submission, the learner's own name and ids are replaced.
    """
    hidden = [_hidden(row, pseudonym(_identity(row), secret)) for row in rows]
    return sorted(hidden, key=lambda row: row.name)


def pseudonym(identity: str, secret: str) -> str:
    """Return the pseudonym of a learner.

    Parameters
    ----------
    identity : str
        Id or name of the learner.
    secret : str
        Secret of the course.
    """
    content = b"pseudonym\0" + identity.encode("utf-8", "surrogatepass")
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"learner-{base64.b32encode(digest)[:12].decode().lower()}"  # 60 bits


def _identity(row: Row) -> str:
    """Return the id or name of a learner that is most likely the same in all assignments."""
    if row.learner is None:
        return row.verdict.name
    return row.learner.identifiers[0] if row.learner.identifiers else row.learner.name


def _hidden(row: Row, name: str) -> Row:
    told = _own_words(row)
    exercises = tuple(_exercise(one, told, name) for one in row.verdict.exercises)
    verdict = replace(row.verdict, name=name, exercises=exercises, notes=())
    return Row(
        name,
        verdict,
        row.section,
        handed_in=name if row.handed_in else "",
        marks=tuple(replace(one, name=name, comment="", reason="", by="") for one in row.marks),
        published=row.published,
        unreadable_is_zero=row.unreadable_is_zero,
    )


def _own_words(row: Row) -> re.Pattern[str] | None:
    """Return a pattern for the learner's name and ids and the words in them."""
    ids = row.learner.identifiers if row.learner else ()
    known = [row.name, row.verdict.name, row.email, *ids]
    words = {word for one in known for word in (one, *re.split(r"[\W_]+", one))}
    # Two characters can be a name in Chinese, but rarely are in Latin script.
    words = {word for word in words if len(word) > (2 if word.isascii() else 1)}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_whole, longest_first)), re.IGNORECASE) if words else None


def _whole(word: str) -> str:
    """Return a pattern that matches Latin text as a whole word, and Chinese text anywhere."""
    found = re.escape(word)
    return rf"(?<![^\W_]){found}(?![^\W_])" if word.isascii() else found


def _exercise(verdict: ExerciseVerdict, told: re.Pattern[str] | None, name: str) -> ExerciseVerdict:
    return replace(verdict, specs=tuple(_spec(spec, told, name) for spec in verdict.specs))


def _spec(spec: SpecVerdict, told: re.Pattern[str] | None, name: str) -> SpecVerdict:
    if told is None:
        return spec
    hide = partial(told.sub, name)
    feedback = spec.feedback and _without_name(spec.feedback, hide)
    return replace(_without_name(spec, hide), feedback=feedback)


def _without_name(found: _Found, hide: Callable[[str], str]) -> _Found:
    message, output = changed(found.message, hide), hide(found.output)
    hints = tuple(literal(hint, hide) for hint in found.hints)
    return replace(found, message=message, output=output, hints=hints)
