"""Reads single keys from the terminal, without Enter and without echo."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

REDRAW = "\f"
"""Pseudo-key sent when the window is resized, or when the program continues after a stop."""

QUIT = "\x03"
"""Ctrl-C, passed on as a key: a KeyboardInterrupt could be raised anywhere, even in clean-up."""

ESCAPED = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*[@-~])?")
"""Escape sequence of an arrow or function key."""

PAUSE = 0.1
"""Seconds between two checks whether to stop."""


@contextmanager
def listen(press: Callable[[str], None]) -> Iterator[None]:
    r"""Call a function from another thread with each key that is pressed.

    Existing libraries change the terminal's mode for one key at a time. Between two keys, typed
    text would be echoed, and a program that ends while it waits would not restore the terminal.

    Parameters
    ----------
    press : callable
        Called with a lower-case letter, a space, ``"\n"``, `REDRAW`, or `QUIT`.
    """
    ended = threading.Event()
    with _terminal(press):
        thread = threading.Thread(target=_read, args=(press, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(2 * PAUSE)  # with a limit: it may wait for a key that Ctrl-C has discarded


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _terminal(press: Callable[[str], None]) -> Iterator[None]:
        yield

    def _read(press: Callable[[str], None], ended: threading.Event) -> None:
        while not ended.wait(PAUSE / 2):
            while msvcrt.kbhit():
                key = msvcrt.getwch()
                if key in "\x00\xe0":  # an arrow or function key sends two characters
                    msvcrt.getwch()
                else:
                    press(_plain(key))

else:
    import os
    import select
    import signal
    import termios
    import tty

    @contextmanager
    def _terminal(press: Callable[[str], None]) -> Iterator[None]:
        """Set the terminal to single keys, again after a stop, and restore it at the end."""
        stdin = sys.stdin.fileno()
        before = termios.tcgetattr(stdin)

        def again(number: int, frame: FrameType | None) -> None:
            tty.setcbreak(stdin)
            press(REDRAW)

        def quits(number: int, frame: FrameType | None) -> None:
            press(QUIT)

        ours = {signal.SIGCONT: again, signal.SIGWINCH: again, signal.SIGINT: quits}
        handlers = {one: signal.signal(one, ours[one]) for one in ours}
        try:
            tty.setcbreak(stdin)
            yield
        finally:
            for one, handler in handlers.items():
                signal.signal(one, handler)
            termios.tcsetattr(stdin, termios.TCSADRAIN, before)

    def _read(press: Callable[[str], None], ended: threading.Event) -> None:
        stdin = sys.stdin.fileno()
        while not ended.is_set():
            if not select.select([stdin], [], [], PAUSE)[0]:
                continue
            keys = os.read(stdin, 64).decode("utf-8", "replace")
            if not keys:  # end of file: the terminal was closed
                press(QUIT)
                return
            for key in ESCAPED.sub("", keys):
                press(_plain(key))


def _plain(key: str) -> str:
    return key.lower().replace("\r", "\n")
