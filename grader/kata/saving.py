"""Saves a notebook's cell as an exercise's file, and keeps what somebody else wrote there.

What the magic wrote last is remembered in ``.kata/`` of the course, so that a file that has been
changed since, in an editor or by another notebook, is known and never lost.
"""

import hashlib
import importlib.util
import os
from datetime import datetime
from pathlib import Path

from grader.course import Exercise


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
    _replace(exercise.stub, new)
    _replace(_memory(exercise), _hash(new))
    # A second change within one second that leaves the size as it was would not be noticed.
    Path(importlib.util.cache_from_source(str(exercise.stub))).unlink(missing_ok=True)
    return kept


def _keep(exercise: Exercise, content: bytes) -> Path | None:
    copies = exercise.stub.parent.glob(f"{exercise.module}.*.txt")
    if any(copy.read_bytes() == content for copy in copies):
        return None
    copy = _dated(exercise.stub)
    copy.write_bytes(content)
    return copy


def _dated(stub: Path) -> Path:
    """A name that is free, and not .py: nobody shall take it for the exercise."""
    now = f"{datetime.now():%Y-%m-%d-%H%M%S}"
    names = (f"{stub.stem}.{now}{more}.txt" for more in ("", *(f"-{n}" for n in range(2, 1000))))
    return next(path for name in names if not (path := stub.with_name(name)).exists())


def _is_ours(exercise: Exercise, content: bytes) -> bool:
    memory = _memory(exercise)
    return memory.is_file() and memory.read_bytes() == _hash(content)


def _memory(exercise: Exercise) -> Path:
    folder = exercise.root / ".kata" / "from-notebook"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / exercise.name


def _hash(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()


def _replace(path: Path, content: bytes) -> None:
    """Write a file all or not at all."""
    beginning = path.with_name(f".{path.name}.new")
    beginning.write_bytes(content)
    os.replace(beginning, path)
