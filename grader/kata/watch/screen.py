"""Two kinds of screen: the full terminal, redrawn on each change, and plain lines.

Plain lines are for screen readers, simple terminals and pipes: nothing is cleared or redrawn, and
no line is repeated.
"""

import os
import sys
from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.text import Text

from grader.course.course import Part
from grader.kata.runs.status import ExerciseStatus, table_of, tell_statuses
from grader.kata.watch.frame import Lines, Screenful
from grader.messages.language import say


class Screen(Protocol):
    """Interface of the two kinds of screen."""

    def begin(self) -> None:
        """Note that a run begins: its result is to be shown even if it is the same as before."""

    def show(self, frame: Screenful, footer: str) -> None:
        """Show a screenful, and below it the keys."""

    def show_list(
        self, statuses: Sequence[ExerciseStatus], parts: Sequence[Part], footer: str
    ) -> None:
        """Show the status of every exercise."""


def screen_for(*, plain_wanted: bool) -> Screen:
    """Return the kind of screen that suits the terminal.

    Parameters
    ----------
    plain_wanted : bool
        Whether the learner asked for plain lines.

    Returns
    -------
    Screen
        Plain lines if asked for, or if standard output is a simple terminal or none at all.
    """
    if is_plain(wanted=plain_wanted):
        return PlainScreen()
    return FullScreen(Console(emoji=False, highlight=False))


def is_plain(*, wanted: bool) -> bool:
    """Return whether to show plain lines: on request, on a simple terminal, or without one."""
    return wanted or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()


class PlainScreen:
    """Plain lines, of which only new ones are printed."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._standing = self._footer = ""

    def begin(self) -> None:
        """Forget what was printed, so that `show` prints everything."""
        self._said = []

    def show(self, frame: Screenful, footer: str) -> None:
        """Print the lines that continue the previous ones, or all if they differ."""
        lines = [line.plain for line in (*frame.top, *frame.middle, *frame.bottom)]
        known = len(self._said)
        goes_on = lines[:known] == self._said
        self._say(lines[known:] if goes_on else ["", *lines])
        self._said = lines
        standing = frame.standing.sentence() if frame.standing else self._standing
        if standing != self._standing:
            self._say([standing])
            self._standing = standing
        if footer != self._footer:
            self._say([footer])
            self._footer = footer

    def show_list(
        self, statuses: Sequence[ExerciseStatus], parts: Sequence[Part], footer: str
    ) -> None:
        """Print a sentence for each exercise, unless these were printed last."""
        lines = tell_statuses(statuses, parts)
        if lines != self._said:
            self._say(["", *lines])
        self._said = lines

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(line, flush=True)


class FullScreen:
    """The full terminal, cleared and redrawn on each change."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def begin(self) -> None:
        """Keep what is shown until there is something new."""

    def show(self, frame: Screenful, footer: str) -> None:
        """Draw a screenful; its middle is cut if it does not fit."""
        height = self._console.height - 1
        below = [*self._wrap(frame.bottom), Text(), *self._wrap([Text(footer, "dim")])]
        bar = [frame.standing.bar(self._console.width), Text()] if frame.standing else []
        top, middle = [*bar, *self._wrap(frame.top)], self._wrap(frame.middle)
        room = height - len(top) - len(below)
        if len(middle) > room:
            count, command = len(middle) - room + 1, frame.command
            rest = say("{count} more lines: `{command}` shows all", count=count, command=command)
            middle = [*middle[: max(room - 1, 0)], Text(rest, "dim")]
        self._draw([*top, *middle, *below][:height])

    def show_list(
        self, statuses: Sequence[ExerciseStatus], parts: Sequence[Part], footer: str
    ) -> None:
        """Draw the status of all exercises as a table."""
        with self._console:
            self._console.clear()
            self._console.print(table_of(statuses, parts))
            self._console.print(Text(f"\n{footer}", "dim"))

    def _wrap(self, lines: Lines) -> Lines:
        width = self._console.width
        return [part for line in lines for part in line.wrap(self._console, width) or [Text()]]

    def _draw(self, lines: Lines) -> None:
        with self._console:  # written at once, so that nothing flickers
            self._console.clear()
            for line in lines:
                self._console.print(line, no_wrap=True, overflow="ignore", crop=True)
