"""Keys as they are pressed."""

import os
import sys
from queue import SimpleQueue

import pytest

from grader.kata import keys

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no pseudo-terminal")


@pytest.fixture
def typed(monkeypatch):
    """The other end of a terminal that is standard input."""
    outside, inside = os.openpty()
    with os.fdopen(inside) as stdin, os.fdopen(outside, "wb", 0) as typing:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield typing


def test_keys_come_without_enter_and_in_one_form(typed):
    """A capital is a letter; Enter is a line's end, whatever it sends; arrows are nothing."""
    pressed = SimpleQueue()
    with keys.listen(pressed.put):
        for key in (b"H", b"\r"):
            typed.write(key)
            assert pressed.get(timeout=60) == {b"H": "h", b"\r": "\n"}[key]
        typed.write(b"\x1b[A\x1bOP ")
        assert pressed.get(timeout=60) == " "


def test_who_comes_back_finds_her_screen_again(typed):
    """After Ctrl-Z and fg, and when the window has another size, it is drawn anew."""
    import signal

    pressed = SimpleQueue()
    before = signal.getsignal(signal.SIGWINCH)
    with keys.listen(pressed.put):
        os.kill(os.getpid(), signal.SIGWINCH)
        assert pressed.get(timeout=60) == keys.REDRAW
    assert signal.getsignal(signal.SIGWINCH) == before
