"""Events that `kata` handles while the learner works."""

import time
from dataclasses import dataclass, field

from grader.course.course import Exercise
from grader.kata.runs.interpreter import Interpreter, Result


@dataclass(eq=False)
class Run:
    """A run of an exercise in progress.

    Attributes
    ----------
    interpreter : Interpreter
        The process that runs it.
    content : str
        `Records.content_of` the exercise before the run.
    following : Exercise
        The exercise that is probably run next.
    started : float
        Time of its start, by `time.monotonic`.
    lines : list of str
        Lines of progress so far.
    checking : str
        The promise that was being checked when it was last polled.
    since : float
        Time when that promise was first seen, by `time.monotonic`.
    shown : str or None
        The promise that the screen shows as being checked; None if none was shown yet.
    """

    interpreter: Interpreter
    content: str
    following: Exercise
    started: float = field(default_factory=time.monotonic)
    lines: list[str] = field(default_factory=list)
    checking: str = ""
    since: float = 0.0
    shown: str | None = None

    @property
    def exercise(self) -> Exercise:
        """The exercise that is run."""
        return self.interpreter.exercise


@dataclass(frozen=True)
class Pressed:
    """The learner pressed a key."""

    key: str


@dataclass(frozen=True)
class Saved:
    """A Python file may have been saved: the files have to be compared."""


@dataclass(frozen=True)
class OutputLine:
    """A run has reported a line of progress."""

    run: Run
    line: str


@dataclass(frozen=True)
class Ended:
    """A run has ended. The result is None if it was killed, and a text if it failed to run."""

    run: Run
    result: Result | str | None


Event = Pressed | Saved | OutputLine | Ended
