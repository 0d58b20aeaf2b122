"""What a layout says about a file of a class: whose it is, and which attempt it belongs to."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

Parts = tuple[str, ...]
"""A path in the class, without empty parts."""


@dataclass(frozen=True)
class HandedInFile:
    """A submitted file and its owner.

    Attributes
    ----------
    learner : str
        Key of the learner, and name of their row: ``doejane_12345`` (Canvas), ``Jane Doe_12345``
        (Moodle), or the name of their folder.
    path : str
        Path in the learner's submission: ``affine.py``.
    identifier : str, default ""
        Identifier of the learner on the platform: ``12345``.
    platform : str, default ""
        Name of the platform; empty for a plain folder.
    late : bool, default False
        Whether Canvas marked the file as late.
    attempt : int, default 0
        How many times a file of this name was submitted before.
    upload : int, default 0
        Canvas's number of the upload, which increases over time.
    arrived : date or datetime or None, default None
        When the whole attempt was handed in, if the name says so; local without an offset.
    number : int, default 0
        Number of the whole attempt, if the name says so.
    group : tuple of str, default ()
        Names of all who handed it in, if they are several.
    address : str, default ""
        E-mail address of the learner, if the platform says it.
    """

    learner: str
    path: str
    identifier: str = ""
    platform: str = ""
    late: bool = False
    attempt: int = 0
    upload: int = 0
    arrived: date | datetime | None = None
    number: int = 0
    group: tuple[str, ...] = ()
    address: str = ""

    @property
    def order(self) -> tuple[int, datetime]:
        """Place of the attempt among those of the learner; equal for files of one attempt."""
        return self.number, as_utc(self.arrived)


Owners = Callable[[Parts], Sequence[HandedInFile]]
"""Finds whose a file is. The members of a group own it together; nobody, if it does not fit."""


@dataclass(frozen=True)
class Top:
    """The top level of a class.

    Attributes
    ----------
    names : collection of str
        Names of its folders and files.
    text : callable
        Returns the text of a file at the top; empty if it is not there or not text.
    """

    names: Collection[str]
    text: Callable[[str], str] = lambda name: ""


Layout = Callable[[Top], Owners]
"""How a platform names the files of a class: returns what finds their owners in that class."""


def as_utc(moment: date | datetime | None) -> datetime:
    """Return a time to compare with others of the same platform; very early if there is none."""
    if moment is None:
        return datetime.min
    if not isinstance(moment, datetime):
        return datetime.combine(moment, time())
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment


def are_safe(parts: Parts) -> bool:
    """Return whether a path leads nowhere else."""
    return not any(part in ("", ".", "..") or "\0" in part for part in parts)
