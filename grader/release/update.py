"""Writes the files that are handed out into a folder, or brings the folder up to date.

Files that the learner has not changed are replaced, and nothing that they wrote is lost.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import CourseError
from grader.files import write_atomically
from grader.messages.encodings import reason
from grader.messages.language import say
from grader.release.files import MANIFEST, PRISTINE, Files, hash_of

LESSON = "exercises/"
"""Folder where learners write.

On a conflict their version keeps the name here; in other folders the new version gets it.
"""


@dataclass(frozen=True)
class Kept:
    """A file of which both the learner's and the new version are kept.

    Attributes
    ----------
    path : Path
        The file.
    beside : Path
        The other version, in the same folder: the new one in `LESSON`, elsewhere the learner's.
    """

    path: Path
    beside: Path

    def __str__(self) -> str:
        if self.beside.suffix.startswith(".new"):
            return say(
                "{path} was edited and is kept; the new one is {beside}",
                path=self.path,
                beside=self.beside,
            )
        return say(
            "{path} is replaced; what was edited in it is in {beside}",
            path=self.path,
            beside=self.beside,
        )


def write_folder(files: Files, folder: Path) -> list[Kept]:
    """Write the bundle into a folder, or update the course that is there.

    Parameters
    ----------
    files : dict of str to bytes
        Content of each file by path, as `bundle` returns it.
    folder : Path
        A folder that does not exist or is empty, an earlier release, or a course that `kata start`
        made.

    Returns
    -------
    list of Kept
        Files that were edited, and that differ between the releases, too.

    Raises
    ------
    CourseError
        If the folder contains something else, or cannot be written.
    """
    before = _handed_out(folder)
    try:
        # The manifest comes last, so that an interrupted update can be repeated.
        paths = [path for path in files if path != MANIFEST]
        kept = [one for path in paths for one in _update(folder, path, files[path], before)]
        for path in before.keys() - files.keys():
            gone = folder / path
            if gone.is_file() and hash_of(gone.read_bytes()) == before[path]:
                gone.unlink()
        _put(folder / MANIFEST, files[MANIFEST])
    except OSError as error:
        raise cannot(error, folder) from None
    return kept


def _handed_out(folder: Path) -> dict[str, str]:
    """Return the hash of each file as it was handed out; empty for a new folder."""
    manifest = folder / MANIFEST
    if manifest.is_file():
        try:
            found = json.loads(manifest.read_text("utf-8"))
            if not isinstance(found, dict):
                raise ValueError(type(found).__name__)
            return {str(path): str(hash_) for path, hash_ in found.items()}
        except ValueError as error:
            raise CourseError(
                say(
                    "{manifest}: expected the list of what was handed out, found {error}; remove "
                    "it, and all that differs from the new release is taken for edited",
                    manifest=manifest,
                    error=reason(error),
                )
            ) from None
    pristine = folder / PRISTINE
    if pristine.is_dir():
        return {
            f"{LESSON}{stub.relative_to(pristine).as_posix()}": hash_of(stub.read_bytes())
            for stub in pristine.glob("*/*.py")
        }
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            say(
                "{folder}: expected no folder, an empty one, or a course that was handed out; "
                "found something else. Name another folder",
                folder=folder,
            )
        )
    return {}


def _update(folder: Path, name: str, new: bytes, before: dict[str, str]) -> Iterator[Kept]:
    path = folder / name
    found = path.read_bytes() if path.is_file() else None
    if found is None and name.startswith(LESSON) and hash_of(new) == before.get(name):
        return  # the learner has removed it
    if found is None or hash_of(found) == before.get(name):
        if found != new:
            _put(path, new)
        return
    if found == new or before.get(name) == hash_of(new):
        return
    if name.startswith(LESSON):
        yield Kept(path, _beside(path, "new", new))
    else:
        yield Kept(path, _beside(path, "yours", found))
        _put(path, new)


def _beside(path: Path, word: str, content: bytes) -> Path:
    """Write a version next to a file, under a name that does not end in .py, so never imported."""
    number = 1
    while True:
        other = path.with_name(f"{path.name}.{word}{f'-{number}' if number > 1 else ''}")
        if not other.exists():
            _put(other, content)
            return other
        if other.is_file() and other.read_bytes() == content:
            return other
        number += 1


def _put(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, content)


def cannot(error: OSError, path: Path) -> CourseError:
    """Return the error that a file below a folder, or a file itself, cannot be written."""
    why = error.strerror or str(error)
    return CourseError(
        say("{path} cannot be written: {reason}", path=error.filename or path, reason=why)
    )
