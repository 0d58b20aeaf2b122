"""Saves a notebook's cell as the file of an exercise, without losing other changes to that file.

A hash of what was saved last is stored in the course's folder ``.kata``. A file that does not match
it was changed elsewhere, in an editor or by another notebook, and is copied before it is replaced.
"""

import hashlib
import importlib.util
from pathlib import Path

from grader.course.course import Exercise
from grader.files import write_atomically
from grader.kata.runs.work import is_untouched, keep_copy


def save(exercise: Exercise, text: str) -> Path | None:
    """Write the learner's file of an exercise.

    Parameters
    ----------
    exercise : Exercise
        The exercise whose file is written.
    text : str
        New content of the file.

    Returns
    -------
    Path or None
        The dated copy of the previous content; None if that was empty, unchanged, the stub as it
        was handed out, saved from a cell, or already copied.
    """
    new = text.encode()
    old = exercise.stub.read_bytes() if exercise.stub.is_file() else b""
    is_theirs = old.strip() != b"" and old != new and not _is_ours(exercise, old)
    kept = _keep(exercise, old) if is_theirs and not is_untouched(exercise, old) else None
    exercise.stub.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(exercise.stub, new)
    write_atomically(_memory(exercise), _hash(new))
    # Python would not notice a second change within one second that keeps the size of the file.
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
