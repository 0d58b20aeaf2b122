"""Blackboard: ``Week 3_jdoe_attempt_2026-11-01-10-00-00_affine.py``.

Each attempt also has a text file about it, ``Week 3_jdoe_attempt_2026-11-01-10-00-00.txt``.
"""

import re
from collections.abc import Sequence
from datetime import datetime

from grader.submissions.layouts.layout import HandedInFile, Owners, Parts, Top, are_safe

NAME = "Blackboard"

_ATTEMPT = re.compile(
    r"_attempt_(?P<time>[0-9]{4}(?:-[0-9]{2}){5})(?:_(?P<own>.+)|(?P<about>\.txt))\Z", re.DOTALL
)


def owners_in(top: Top) -> Owners:
    """Return what finds the owners of files that Blackboard has named.

    Both the assignment and a username may contain underscores. The assignment is what is the same
    for everybody, without the last part, which belongs to a username.
    """
    titles = [
        name[: match.start()].split("_")[:-1] for name in top.names if (match := _match(name))
    ]
    shared = 0
    for parts in zip(*titles, strict=False):
        if len(set(parts)) > 1:
            break
        shared += 1

    def owners(parts: Parts) -> Sequence[HandedInFile]:
        match = _match(parts[0])
        if match is None:
            return ()
        inner = (match["own"] or f"attempt{match['about']}", *parts[1:])
        username = "_".join(parts[0][: match.start()].split("_")[shared:])
        moment = _moment(match["time"])
        if not username or moment is None or not are_safe(inner):
            return ()
        path = "/".join(inner)
        return (HandedInFile(username, path, username, NAME, arrived=moment),)

    return owners


def _match(name: str) -> re.Match[str] | None:
    match = _ATTEMPT.search(name)
    return match if match and "_" in name[: match.start()] else None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y-%m-%d-%H-%M-%S")
    except ValueError:  # such as 30 February
        return None
