"""Makes the bundle for learners: an installable project, as a folder or a zip file.

The same course gives the same bytes. A bundle can also update the folder that a learner works in:
files that they have not changed are replaced, and nothing that they wrote is lost.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course
from grader.errors import CourseError
from grader.files import write_atomically
from grader.release.files import PRISTINE, Files, handout, package
from grader.release.new_course import settings_of
from grader.release.pristine import untouched
from grader.zips import zip_entry

MANIFEST = ".kata/release.json"
"""File with the hash of each file as it was handed out, by path."""

TABLES = r"build-system|project|tool\.setuptools|tool\.kata|tool\.pyright"

LESSON = "exercises/"
"""Folder where learners write.

On a conflict their version keeps the name here; in other folders the new version gets it.
"""

README = """\
# {name}

{description}

```console
$ python -m venv .venv
$ . .venv/bin/activate          # on Windows: .venv\\Scripts\\activate
$ pip install -e .
$ kata
```

`kata` leads through the exercises and runs the one that you are at on every save.
`pytest exercises/{first}` runs the first one by itself. Each folder in `exercises/` has a
lesson (README.md) and a file to complete.

To bring the folder that you work in up to date with a newer bundle, run
`grader release YOUR_FOLDER` inside the newer one. What you wrote is kept.
"""


def bundle(course: Course) -> Files:
    """Return the files of the bundle.

    Parameters
    ----------
    course : Course
        The instructor's course, or an unpacked bundle.

    Returns
    -------
    dict of str to bytes
        Content of each file by path, sorted. The bundle of a bundle is the same bundle.
    """
    files = handout(course, untouched(course)) | package("grader")
    files["pyproject.toml"] = settings_of(course, TABLES).encode()
    files["README.md"] = _readme(course).encode()
    license_ = course.root / "LICENSE"
    if license_.is_file():
        files["LICENSE"] = license_.read_bytes()
    hashes = {path: _hash(content) for path, content in sorted(files.items())}
    files[MANIFEST] = (json.dumps(hashes, indent=0) + "\n").encode()
    return dict(sorted(files.items()))


def _readme(course: Course) -> str:
    import tomllib

    settings = course.root / "pyproject.toml"
    project = tomllib.loads(settings.read_text("utf-8")).get("project", {})
    if "name" not in project:
        raise CourseError(f"{settings}: expected [project] with a name, found none; add it")
    first = course.exercises[0].name if course.exercises else ""
    return README.format(
        name=project["name"], description=project.get("description", ""), first=first
    )


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def write_zip(files: Files, path: Path) -> None:
    """Write the bundle as a zip file; the same files give the same bytes.

    Parameters
    ----------
    files : dict of str to bytes
        Content of each file by path, as `bundle` returns it.
    path : Path
        The zip file, which must not exist, or be an earlier release.

    Raises
    ------
    CourseError
        If another file of that name exists, or it cannot be written.
    """
    if path.exists() and not _is_release(path):
        raise CourseError(f"{path}: expected no file, or an earlier release, found another file")
    try:
        with tempfile.TemporaryFile(dir=path.parent) as draft:
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, content in files.items():
                    archive.writestr(zip_entry(f"{path.stem}/{name}"), content)
            draft.seek(0)
            _put(path, draft.read())
    except OSError as error:
        raise _cannot(error, path) from None


def _is_release(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return any(name.endswith(f"/{MANIFEST}") for name in archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


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
            return f"{self.path} was edited and is kept; the new one is {self.beside}"
        return f"{self.path} is replaced; what was edited in it is in {self.beside}"


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
            if gone.is_file() and _hash(gone.read_bytes()) == before[path]:
                gone.unlink()
        _put(folder / MANIFEST, files[MANIFEST])
    except OSError as error:
        raise _cannot(error, folder) from None
    return kept


def _handed_out(folder: Path) -> dict[str, str]:
    """Return the hash of each file as it was handed out; empty for a new folder."""
    manifest = folder / MANIFEST
    if manifest.is_file():
        try:
            found = json.loads(manifest.read_text("utf-8"))
            return {str(path): str(hash_) for path, hash_ in found.items()}
        except (ValueError, AttributeError) as error:
            raise CourseError(
                f"{manifest}: expected what `grader release` writes, found {error}; remove it, "
                "and all that differs from the new release is taken for edited"
            ) from None
    pristine = folder / PRISTINE
    if pristine.is_dir():
        return {
            f"{LESSON}{stub.relative_to(pristine).as_posix()}": _hash(stub.read_bytes())
            for stub in pristine.glob("*/*.py")
        }
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(
            f"{folder}: expected no folder, an empty one, or a course that was handed out; found "
            "something else. Name another folder"
        )
    return {}


def _update(folder: Path, name: str, new: bytes, before: dict[str, str]) -> Iterator[Kept]:
    path = folder / name
    found = path.read_bytes() if path.is_file() else None
    if found is None and name.startswith(LESSON) and _hash(new) == before.get(name):
        return  # the learner has removed it
    if found is None or _hash(found) == before.get(name):
        if found != new:
            _put(path, new)
        return
    if found == new or before.get(name) == _hash(new):
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


def _cannot(error: OSError, path: Path) -> CourseError:
    return CourseError(f"{error.filename or path} cannot be written: {error.strerror or error}")
