"""Names that stand for learners: stable, and telling nothing to who has not the secret."""

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from grader.gradebook.rows import Row
from grader.messages.explanation import changed
from grader.messages.message import literal
from grader.verdicts.verdict import ExerciseVerdict, SpecVerdict


def pseudonymised(rows: Sequence[Row], secret: str) -> list[Row]:
    """The gradebook without names.

    Parameters
    ----------
    rows : sequence of Row
        The gradebook.
    secret : str
        That of the course. With another one the names are others.

    Returns
    -------
    list of Row
        The same rows, sorted by their new names, since the old order tells of the old ones.
        Addresses and notes, which may name anybody, are left out; in what somebody's code said, her
        own name and ids are replaced.
    """
    hidden = [_hidden(row, pseudonym(_identity(row), secret)) for row in rows]
    return sorted(hidden, key=lambda row: row.name)


def pseudonym(identity: str, secret: str) -> str:
    """A name that stands for a learner.

    Parameters
    ----------
    identity : str
        What she is known by.
    secret : str
        That of the course.
    """
    content = b"pseudonym\0" + identity.encode("utf-8", "surrogatepass")
    digest = hmac.new(secret.encode(), content, hashlib.sha256).digest()
    return f"learner-{base64.b32encode(digest)[:12].decode().lower()}"  # of 60 bits


def _identity(row: Row) -> str:
    """What stays the same from one assignment to the next, as far as anything does."""
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
    )


def _own_words(row: Row) -> re.Pattern[str] | None:
    """Her name and ids, and the words they are made of."""
    ids = row.learner.identifiers if row.learner else ()
    known = [row.name, row.verdict.name, row.email, *ids]
    words = {word for one in known for word in (one, *re.split(r"[\W_]+", one))}
    # Two letters are a name in Chinese, and hardly ever in Latin script.
    words = {word for word in words if len(word) > (2 if word.isascii() else 1)}
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return re.compile("|".join(map(_whole, longest_first)), re.IGNORECASE) if words else None


def _whole(word: str) -> str:
    """A word of Latin script stands alone; Chinese is written without spaces."""
    found = re.escape(word)
    return rf"(?<![^\W_]){found}(?![^\W_])" if word.isascii() else found


def _exercise(verdict: ExerciseVerdict, told: re.Pattern[str] | None, name: str) -> ExerciseVerdict:
    return replace(verdict, specs=tuple(_spec(spec, told, name) for spec in verdict.specs))


def _spec(spec: SpecVerdict, told: re.Pattern[str] | None, name: str) -> SpecVerdict:
    if told is None:
        return spec
    hide = partial(told.sub, name)
    hints = tuple(literal(hint, hide) for hint in spec.hints)
    message, output = changed(spec.message, hide), hide(spec.output)
    return replace(spec, message=message, output=output, hints=hints)
