"""What the specs of an exercise know of each other while they run on one submission."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

from grader.messages.message import Message
from grader.transport.student import Transport


@dataclass
class Run:
    """One run of the specs of an exercise.

    Attributes
    ----------
    broken : dict of str to Message
        Promises of the specs that have not passed so far, by name of the spec.
    kept : dict of str to object
        What a spec keeps for a later one, which then need not compute it again.
    """

    broken: dict[str, Message] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)

    def check(self, names: Sequence[str]) -> None:
        """Check that none of these specs is broken.

        Raises
        ------
        NotTried
            If one is. The first of `names` counts.
        """
        for name in names:
            if name in self.broken:
                raise NotTried(self.broken[name])


class NotTried(Exception):
    """A spec was not run, because a promise that it rests on is broken.

    Attributes
    ----------
    first : Message
        The promise that must hold first.
    """

    def __init__(self, first: Message) -> None:
        super().__init__(first)
        self.first = first


_RUNS: WeakKeyDictionary[Transport, Run] = WeakKeyDictionary()


def run_of(transport: Transport) -> Run:
    """Return the run that uses a transport: each run of an exercise has its own."""
    return _RUNS.setdefault(transport, Run())
