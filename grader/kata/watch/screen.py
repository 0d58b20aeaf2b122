"""The two ways to show something: on a terminal's whole screen, and line by line.

Line by line is for screen readers, for terminals that can do no more, and for pipes: nothing is
ever cleared, moved or drawn, and nothing that was said is said again.
"""

import os
import sys
from collections.abc import Sequence
from typing import Protocol

from rich.console import Console
from rich.text import Text

from grader.kata.runs.status import ExerciseStatus, table_of, tell_standings
from grader.kata.watch.frame import Lines, Screenful
from grader.messages.language import say


class Screen(Protocol):
    """Where a learner reads."""

    def begin(self) -> None:
        """Something is run: what comes of it is news, even if it is the same again."""

    def show(self, frame: Screenful, footer: str) -> None:
        """Show what there is to be seen, and below it what may be pressed."""

    def show_list(self, standings: Sequence[ExerciseStatus], footer: str) -> None:
        """Show how far she is with every exercise."""


def screen_for(*, plain_wanted: bool) -> Screen:
    """The screen that this terminal and this learner need.

    Parameters
    ----------
    plain_wanted : bool
        Whether she asked for lines.

    Returns
    -------
    Screen
        Lines also where the terminal can do no more, or is none.
    """
    if is_plain(wanted=plain_wanted):
        return PlainScreen()
    return FullScreen(Console(emoji=False, highlight=False))


def is_plain(*, wanted: bool) -> bool:
    """Whether to show lines only: if she wants that, or the terminal can do no more, or is none."""
    return wanted or os.environ.get("TERM") == "dumb" or not sys.stdout.isatty()


class PlainScreen:
    """Lines only."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._footer = ""

    def begin(self) -> None:
        """Say everything, next time."""
        self._said = []

    def show(self, frame: Screenful, footer: str) -> None:
        """Say what goes on from what was said last, or else everything."""
        lines = [line.plain for line in (*frame.top, *frame.middle, *frame.bottom)]
        known = len(self._said)
        goes_on = lines[:known] == self._said
        self._say(lines[known:] if goes_on else ["", *lines])
        self._said = lines
        if footer != self._footer:
            self._say([footer])
            self._footer = footer

    def show_list(self, standings: Sequence[ExerciseStatus], footer: str) -> None:
        """Say a sentence about each exercise, unless that was the last thing said."""
        lines = tell_standings(standings)
        if lines != self._said:
            self._say(["", *lines])
        self._said = lines

    def _say(self, lines: Sequence[str]) -> None:
        for line in lines:
            print(line, flush=True)


class FullScreen:
    """A screen that is drawn anew.

    Parameters
    ----------
    console : rich.console.Console
        The terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console

    def begin(self) -> None:
        """What is seen stays, until there is something else to be seen."""

    def show(self, frame: Screenful, footer: str) -> None:
        """Draw it; what is too long for the screen is cut in the middle."""
        height = self._console.height - 1
        below = [*self._wrap(frame.bottom), Text(), *self._wrap([Text(footer, "dim")])]
        top, middle = self._wrap(frame.top), self._wrap(frame.middle)
        room = height - len(top) - len(below)
        if len(middle) > room:
            told = say("{count} lines more: `kata run` tells all", count=len(middle) - room + 1)
            middle = [*middle[: max(room - 1, 0)], Text(told, "dim")]
        self._draw([*top, *middle, *below][:height])

    def show_list(self, standings: Sequence[ExerciseStatus], footer: str) -> None:
        """Draw a table without lines."""
        with self._console:
            self._console.clear()
            self._console.print(table_of(standings))
            self._console.print(Text(f"\n{footer}", "dim"))

    def _wrap(self, lines: Lines) -> Lines:
        width = self._console.width
        return [part for line in lines for part in line.wrap(self._console, width) or [Text()]]

    def _draw(self, lines: Lines) -> None:
        with self._console:  # written at once, so that nothing flickers
            self._console.clear()
            for line in lines:
                self._console.print(line, no_wrap=True, overflow="ignore", crop=True)
