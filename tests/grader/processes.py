"""For tests of processes: whether one is still there, and waiting for what takes a moment."""

import os
import sys
import time
from pathlib import Path


def is_running(pid):
    """Whether a process is there, and not only its remains, which nobody has fetched yet."""
    if sys.platform == "linux":
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def wait_until(done):
    """Wait for something that takes a moment, and say whether it has happened."""
    for _ in range(2000):
        if done():
            return True
        time.sleep(0.01)
    return False


def is_gone(pid):
    """Whether a process ends in a moment."""
    return wait_until(lambda: not is_running(pid))
