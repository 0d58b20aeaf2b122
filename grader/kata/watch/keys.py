"""Keys, as they are pressed: without Enter, and without being seen on the screen."""

import re
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

REDRAW = "\f"
"""What is pressed, so to speak, when the window has changed or comes to the front again."""

QUIT = "\x03"
"""Ctrl-C, which is a key like any other: an exception could strike anywhere, also in tidying up."""

ESCAPED = re.compile(r"\x1b(?:[\[O][0-?]*[ -/]*[@-~])?")
"""What an arrow or a function key sends."""

PAUSE = 0.1
"""Seconds between two looks at whether the program has come to its end."""


@contextmanager
def listen(press: Callable[[str], None]) -> Iterator[None]:
    r"""Call a function, from another thread, with each key that is pressed.

    Readers of single keys that can be had set the terminal for one key at a time. Between two of
    them, what is typed would be seen, and a program that ends while it waits for a key would leave
    the terminal behind as it should not be.

    Parameters
    ----------
    press : callable
        Gets a lower-case letter, a blank, ``"\n"``, `REDRAW`, or `QUIT`.
    """
    ended = threading.Event()
    with _terminal(press):
        thread = threading.Thread(target=_read, args=(press, ended), daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(2 * PAUSE)  # no longer: it may wait for a key that Ctrl-C has thrown away


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def _terminal(press: Callable[[str], None]) -> Iterator[None]:
        yield

    def _read(press: Callable[[str], None], ended: threading.Event) -> None:
        while not ended.wait(PAUSE / 2):
            while msvcrt.kbhit():
                key = msvcrt.getwch()
                if key in "\x00\xe0":  # an arrow or a function key comes in two parts
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
        """Set the terminal up, and back in the end; also when she comes back from elsewhere."""
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
            if not keys:  # the terminal is gone
                press(QUIT)
                return
            for key in ESCAPED.sub("", keys):
                press(_plain(key))


def _plain(key: str) -> str:
    return key.lower().replace("\r", "\n")
