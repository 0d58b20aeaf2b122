"""What the specs of an exercise know of each other while they run on one submission."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from grader.messages.message import Message
from grader.transport.student import StudentError, Transport


@dataclass
class Run:
    """One run of the specs of an exercise.

    Attributes
    ----------
    broken : dict of str to (Message, BaseException)
        Promises of the specs that have not passed so far, and why, by name of the spec.
    kept : dict of str to object
        What a spec keeps for a later one, which then need not compute it again.
    """

    broken: dict[str, tuple[Message, BaseException]] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def check(self, names: Sequence[str]) -> None:
        """Check that none of these specs is broken.

        Raises
        ------
        NotTried
            If one is. The first of `names` counts.
        StudentError
            If that one is broken because the code is not written or cannot be loaded: the same.
        """
        for name in names:
            if name in self.broken:
                promise, why = self.broken[name]
                raise why if _is_not_there(why) else NotTried(promise, name, why)


class NotTried(Exception):
    """A spec was not run, because a promise that it rests on is broken.

    Attributes
    ----------
    first : Message
        The promise that must hold first.
    spec : str
        Name of its spec.
    why : BaseException
        What ended that spec.
    """

    def __init__(self, first: Message, spec: str, why: BaseException) -> None:
        super().__init__(first)
        self.first = first
        self.spec = spec
        self.why = why


def _is_not_there(why: BaseException) -> bool:
    if not isinstance(why, StudentError):
        return False
    report = why.report
    return bool(report.type == "NotImplementedError" or report.importing or report.imported)


_RUNS: WeakKeyDictionary[Transport, Run] = WeakKeyDictionary()


def run_of(transport: Transport) -> Run:
    """Return the run that uses a transport: each run of an exercise has its own."""
    return _RUNS.setdefault(transport, Run())
