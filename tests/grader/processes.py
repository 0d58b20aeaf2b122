"""For tests of processes: whether one is running, and waiting for a condition."""

import os
import sys
import time
from pathlib import Path


def is_running(pid):
    """Whether a process is running, and not a zombie."""
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
    """Wait for a condition, and return whether it became true."""
    for _ in range(6000):
        if done():
            return True
        time.sleep(0.01)
    return False


def is_gone(pid):
    """Whether a process ends soon."""
    return wait_until(lambda: not is_running(pid))
