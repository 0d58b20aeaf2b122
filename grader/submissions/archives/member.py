"""What the readers of .zip and .tar.gz archives have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO, NoReturn

from grader.messages.escaping import shown
from grader.messages.message import Text, english, joined
from grader.submissions.file_tree import Reader, Unreadable

TOO_MUCH = english("has too much in its list of files: hand in only those that you wrote")
Opener = Callable[[], BinaryIO]


@dataclass(frozen=True)
class Member:
    """A member of an archive.

    Attributes
    ----------
    name : str
        Its path, as the archive has it.
    size : int
        Its declared size in bytes.
    fault : str or Message
        Why the member is not read, or an empty string.
    read : callable or None
        Reads its beginning; None for a folder.
    changed : (str, float) or None, default None
        As in `grader.submissions.file_tree.File`.
    """

    name: str
    size: int
    fault: Text
    read: Reader | None
    changed: tuple[str, float] | None = None


def refuse(name: str, fault: Text) -> NoReturn:
    """Refuse a whole archive because of one of its members."""
    what = joined([shown(name) or repr(name), " ", fault])
    raise Unreadable(english("cannot be taken: {what}", what=what))
