"""Two ways to show a frame: full screen, and line by line."""

import io
import sys
from dataclasses import replace
from pathlib import Path

import pyte
import pytest
from rich.console import Console
from rich.text import Text

from grader.course.course import Exercise
from grader.kata.runs.status import ExerciseStatus, Standing
from grader.kata.watch.frame import Screenful
from grader.kata.watch.screen import FullScreen, PlainScreen, is_plain

COLUMNS, LINES = 80, 24


def frame(top=("head",), middle=(), bottom=()):
    return Screenful(*([Text(line) for line in part] for part in (top, middle, bottom)))


@pytest.fixture
def drawn():
    """Draws on a terminal of 80 columns and 24 lines, and returns its content."""
    terminal = pyte.Screen(COLUMNS, LINES)
    stream = pyte.Stream(terminal)

    def draw(show):
        file = io.StringIO()
        console = Console(file=file, force_terminal=True, width=COLUMNS, height=LINES, emoji=False)
        show(FullScreen(console))
        stream.feed(file.getvalue().replace("\n", "\r\n"))
        return [line.rstrip() for line in terminal.display]

    return draw


@pytest.mark.parametrize("count", [1, 10, 17, 18, 19, 100])
def test_however_long_a_message_is_the_screen_shows_what_matters(drawn, count):
    """Heading, help and keys; the screen says that lines are cut off."""
    middle = [f"line {number} {'x' * 90}" for number in range(count)]
    seen = drawn(lambda screen: screen.show(frame(middle=middle, bottom=["help"]), "keys"))
    assert seen[0] == "head"
    assert [line for line in seen if line][-2:] == ["help", "keys"]
    assert seen[1].startswith("line 0")
    cut = [line for line in seen if "more lines" in line]
    assert len(cut) == (2 * count > 19)


def test_what_was_there_before_is_gone(drawn):
    """The screen is redrawn in place."""
    drawn(lambda screen: screen.show(frame(middle=["before"] * 15), "keys"))
    seen = drawn(lambda screen: screen.show(frame(), "keys"))
    assert [line for line in seen if line] == ["head", "keys"]


def test_the_list_fits_on_the_screen(drawn):
    """With the keys below it."""
    statuses = [ExerciseStatus(Exercise(Path("/c"), f"0{n}_x"), None, False) for n in range(1, 8)]
    seen = drawn(lambda screen: screen.show_list(statuses, (), "keys"))
    assert seen[1].split() == ["01_x", "..."]
    assert [line for line in seen if line][-1] == "keys"


def test_line_by_line_says_only_what_is_new(capsys):
    """Progress continues on its line; keys are printed once; a new run is printed."""
    screen = PlainScreen()
    for lines in (["one"], ["one", "two"], ["one", "two"], ["other"]):
        screen.show(frame(bottom=lines), "keys")
    screen.begin()
    screen.show(frame(bottom=["other"]), "keys")
    said = [line for line in capsys.readouterr().out.splitlines() if line]
    assert said == ["head", "one", "keys", "two", "head", "other", "head", "other"]


def test_where_the_learner_is_is_a_bar_on_the_screen_and_a_line_that_is_said_once(drawn, capsys):
    """Each time that it changes, and no bar for a screen reader."""
    frames = [replace(frame(), standing=Standing(done, 13, 40)) for done in (3, 3, 4)]
    seen = drawn(lambda screen: screen.show(frames[0], "keys"))
    told = "3 of 13 exercises done; this one takes about 40 minutes"
    assert seen[0] == "━" * 20 + f"  {told}"
    assert seen[2] == "head"
    screen = PlainScreen()
    for one in frames:
        screen.begin()
        screen.show(one, "keys")
    said = [line for line in capsys.readouterr().out.splitlines() if line]
    assert said == ["head", told, "keys", "head", "head", told.replace("3", "4", 1)]


def test_lines_are_for_who_wants_them_and_for_what_is_no_screen(monkeypatch):
    """For a pipe, and for TERM=dumb."""
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    assert not is_plain(wanted=False)
    assert is_plain(wanted=True)
    monkeypatch.setenv("TERM", "dumb")
    assert is_plain(wanted=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False, raising=False)
    assert is_plain(wanted=False)
