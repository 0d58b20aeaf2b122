"""Saves a notebook's cell as an exercise's file, and keeps what somebody else wrote there.

What the magic wrote last is remembered in ``.kata/`` of the course, so that a file that has been
changed since, in an editor or by another notebook, is known and never lost.
"""

import hashlib
import importlib.util
from pathlib import Path

from grader.course.course import Exercise
from grader.files import write_atomically
from grader.kata.runs.work import keep_copy


def save(exercise: Exercise, text: str) -> Path | None:
    """Write what the learner's file is to hold.

    Parameters
    ----------
    exercise : Exercise
        Whose file it is.
    text : str
        All of the file.

    Returns
    -------
    Path or None
        The dated copy of what was there before, if one had to be made: not of what was written
        from here, and not twice of the same.
    """
    new = text.encode()
    old = exercise.stub.read_bytes() if exercise.stub.is_file() else b""
    kept = (
        _keep(exercise, old) if old.strip() and old != new and not _is_ours(exercise, old) else None
    )
    exercise.stub.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(exercise.stub, new)
    write_atomically(_memory(exercise), _hash(new))
    # A second change within one second that leaves the size as it was would not be noticed.
    Path(importlib.util.cache_from_source(str(exercise.stub))).unlink(missing_ok=True)
    return kept


def _keep(exercise: Exercise, content: bytes) -> Path | None:
    copies = exercise.stub.parent.glob(f"{exercise.module}.*.txt")
    if any(copy.read_bytes() == content for copy in copies):
        return None
    return keep_copy(exercise.stub)


def _is_ours(exercise: Exercise, content: bytes) -> bool:
    memory = _memory(exercise)
    return memory.is_file() and memory.read_bytes() == _hash(content)


def _memory(exercise: Exercise) -> Path:
    folder = exercise.root / ".kata" / "from-notebook"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / exercise.name


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
