"""What can happen while she works."""

import time
from dataclasses import dataclass, field

from grader.course.course import Exercise
from grader.kata.runs.interpreter import Interpreter, Result


@dataclass(eq=False)
class Run:
    """A spec that is being run.

    Attributes
    ----------
    interpreter : Interpreter
        What runs it.
    content : str
        The hash of her files before.
    following : Exercise
        What is probably run after it.
    started : float
        When it began.
    told : list of str
        What it has told.
    checking : str
        The promise that was last seen being checked.
    since : float
        When that was first seen.
    said : str or None
        The promise that she was last told of.
    """

    interpreter: Interpreter
    content: str
    following: Exercise
    started: float = field(default_factory=time.monotonic)
    told: list[str] = field(default_factory=list)
    checking: str = ""
    since: float = 0.0
    said: str | None = None

    @property
    def exercise(self) -> Exercise:
        """Whose spec."""
        return self.interpreter.exercise


@dataclass(frozen=True)
class Pressed:
    """A key was pressed."""

    key: str


@dataclass(frozen=True)
class Saved:
    """A file was written, perhaps."""


@dataclass(frozen=True)
class OutputLine:
    """A run has said something about what it does."""

    run: Run
    line: str


@dataclass(frozen=True)
class Ended:
    """A run is over. Its result is None if it was killed, and a text if it could not be run."""

    run: Run
    result: Result | str | None


Event = Pressed | Saved | OutputLine | Ended
