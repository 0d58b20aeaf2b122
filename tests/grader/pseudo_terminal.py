"""A terminal of 80 columns and 24 lines that accepts keys. Not for Windows."""

import fcntl
import os
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress

import pyte

COLUMNS, LINES = 80, 24
PATIENCE = 60.0
"""Seconds after which what should be seen is not going to be; a busy machine may take its time."""


class PseudoTerminal:
    """A program in a terminal.

    Parameters
    ----------
    arguments : sequence of str
        Python's.
    cwd : Path
        Where it runs.
    **environment
        More of its environment.
    """

    def __init__(self, *arguments, cwd, **environment):
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.raw = b""
        self._stream = pyte.ByteStream(self.screen)
        self._keys, inside = os.openpty()
        fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        self.usual = self.mode()
        ours = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "KATA_"))}
        for name in ("COLUMNS", "LINES", "NO_COLOR"):
            ours.pop(name, None)
        self.process = subprocess.Popen(
            [sys.executable, "-P", *map(str, arguments)],
            cwd=cwd,
            env={**ours, "TERM": "xterm-256color", "PYTHONUTF8": "1", **environment},
            preexec_fn=lambda: os.login_tty(inside),
        )
        os.close(inside)

    @property
    def text(self):
        """The text on the screen, without surrounding blanks."""
        return "\n".join(line.rstrip() for line in self.screen.display).strip()

    def press(self, keys):
        """Press keys."""
        os.write(self._keys, keys.encode())

    def read(self, seconds=0.05):
        """Read the program's output; False once it has ended."""
        if select.select([self._keys], [], [], seconds)[0]:
            try:
                written = os.read(self._keys, 65536)
            except OSError:  # how a terminal's end is told on Linux
                return False
            self.raw += written
            self._stream.feed(written)
            return bool(written)
        return True

    def sees(self, *texts):
        """Wait until all texts are on the screen."""
        self.waits_for(lambda: all(text in self.text for text in texts), texts)

    def waits_for(self, is_there, what):
        """Wait until a condition on the terminal is true."""
        until = time.monotonic() + PATIENCE
        goes_on = True
        while not is_there():  # looked at once more after its end, which may come at any moment
            assert goes_on, f"{what} not in:\n{self.text}"
            goes_on = self.read() and time.monotonic() < until

    def ends(self):
        """Wait until the program has ended, and answer with its exit code."""
        until = time.monotonic() + PATIENCE
        while self.read():
            assert time.monotonic() < until, f"still there:\n{self.text}"
        return self.process.wait()

    def mode(self):
        """The mode of the terminal: echo, and line by line."""
        return termios.tcgetattr(self._keys)[3] & (termios.ECHO | termios.ICANON)

    def close(self):
        """Close the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        with suppress(OSError):
            os.close(self._keys)
