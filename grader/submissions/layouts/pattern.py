"""All other platforms: names that a regular expression of the instructor reads (``--names``)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from grader.errors import SubmissionError
from grader.roster.written_times import read_time
from grader.submissions.layouts.layout import HandedInFile, Parts, are_safe

NAME = "--names"
GROUPS = ("name", "id", "time", "attempt")
_DIGITS = re.compile(r"\D*(\d{4})\D?(\d\d)\D?(\d\d)\D{0,3}(\d\d)\D?(\d\d)(?:\D?(\d\d))?\D*")


@dataclass(frozen=True)
class Pattern:
    """A layout made of a regular expression.

    Attributes
    ----------
    expression : re.Pattern
        Expression with the groups name or id, and optionally time and attempt. It fits the whole
        name of a folder or file at the top of the class, or else a part of it.
    """

    expression: re.Pattern[str]

    def __call__(self, parts: Parts) -> Sequence[HandedInFile]:
        """Find whose a file is."""
        match = self.expression.fullmatch(parts[0]) or self.expression.search(parts[0])
        inner = parts[1:] or parts
        if match is None or not are_safe(inner):
            return ()
        found = {one: (text or "").strip() for one, text in match.groupdict().items()}
        name, identifier = found.get("name", ""), found.get("id", "")
        key = "_".join(one for one in (name, identifier) if one)
        if not key or "\0" in key:
            return ()
        number = found.get("attempt", "")
        return (
            HandedInFile(
                learner=key,
                path="/".join(inner),
                identifier=identifier,
                platform=NAME,
                arrived=_moment(found.get("time", "")),
                number=int(number[:20]) if number.isascii() and number.isdigit() else 0,
            ),
        )


def pattern_of(text: str) -> Pattern:
    """Return the layout of an expression.

    Parameters
    ----------
    text : str
        The value of ``--names``.

    Raises
    ------
    SubmissionError
        If it is no regular expression, or has no group for names or ids, or other groups.
    """
    try:
        expression = re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise SubmissionError(f"--names {text}: expected a regular expression: {error}") from None
    groups = set(expression.groupindex)
    if not groups & {"name", "id"} or not groups <= set(GROUPS):
        found = ", ".join(sorted(groups)) or "none"
        raise SubmissionError(
            f"--names {text}: expected a group (?P<name>...) or (?P<id>...), and at most "
            f"(?P<time>...) and (?P<attempt>...) beside it; found the groups: {found}"
        )
    return Pattern(expression)


def _moment(text: str) -> date | datetime | None:
    match = _DIGITS.fullmatch(text)
    if match is None:
        return read_time(text.replace("_", " ")) if text else None
    year, month, day, hour, minute, second = (int(one or 0) for one in match.groups())
    try:
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
