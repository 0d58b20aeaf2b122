"""Key presses."""

import os
import sys
import threading
from queue import SimpleQueue

import pytest

from grader.kata.watch import keys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")


@pytest.fixture
def typed(monkeypatch):
    """Returns the other end of a terminal that is used as standard input."""
    outside, inside = os.openpty()
    with os.fdopen(inside) as stdin, os.fdopen(outside, "wb", 0) as typing:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield typing


def test_keys_come_without_enter_and_in_one_form(typed):
    """Capitals become lower case; Enter is a newline on every terminal; arrows are ignored."""
    pressed = SimpleQueue()
    with keys.listen(pressed.put):
        for key in (b"H", b"\r"):
            typed.write(key)
            assert pressed.get(timeout=60) == {b"H": "h", b"\r": "\n"}[key]
        typed.write(b"\x1b[A\x1bOP ")
        assert pressed.get(timeout=60) == " "


@pytest.mark.parametrize(("name", "key"), [("SIGWINCH", keys.REDRAW), ("SIGINT", keys.QUIT)])
def test_what_the_terminal_tells_is_a_key(typed, name, key):
    """A new window size, and Ctrl-C; afterwards the terminal is restored."""
    import signal

    pressed = SimpleQueue()
    number = signal.Signals[name]
    before = signal.getsignal(number)
    with keys.listen(pressed.put):
        os.kill(os.getpid(), number)
        assert pressed.get(timeout=60) == key
    assert signal.getsignal(number) == before


def test_the_end_does_not_wait_for_a_key_that_was_thrown_away(typed, monkeypatch):
    """Ctrl-C discards input, even between noticing a key and reading it."""
    waits = threading.Event()
    monkeypatch.setattr(keys.select, "select", lambda *_: waits.set() or ([1], [], []))
    pressed = SimpleQueue()
    with keys.listen(pressed.put):
        assert waits.wait(60)
    assert pressed.empty()
    typed.write(b"x\n")  # for the thread, which is still there
    assert pressed.get(timeout=60) == "x"
