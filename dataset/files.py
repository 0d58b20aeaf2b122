"""The four files of MNIST: their digests, and where to look for them."""

import gzip
import hashlib
import os
import re
import warnings
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import uuid4

import platformdirs

from dataset.language import say

if TYPE_CHECKING:
    from dataset.sources import Source

# The SHA-256 of each file's uncompressed bytes, so that neither the source of a file nor its
# compression matters.
KNOWN_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class MnistUnavailable(RuntimeError):
    """No source has all of the files. The message says why, and what to do."""


class CorruptFile(ValueError):
    """A file differs from the original file of that name."""


class Found(NamedTuple):
    """A verified file of MNIST on this computer."""

    path: Path
    content: bytes  # uncompressed, even if the file is compressed


class _Look(NamedTuple):
    """The files found in a folder."""

    found: dict[str, Found]
    bad: list[str]  # one line for each corrupt or unreadable file
    absent: list[str]  # names


def find_files() -> dict[str, Found]:
    """Find the four files, and download missing ones.

    Each file comes from the first of these that has it: the folder in the environment variable
    MNIST_DIR, the cache, then the sources of `dataset.sources`. Downloaded files are stored in
    the cache. If nothing is missing, no network is used.

    Returns
    -------
    dict of str to Found
        Each name in `KNOWN_FILES`, and its file.

    Raises
    ------
    MnistUnavailable
        If a file is neither on this computer nor available from any source.

    Warns
    -----
    UserWarning
        If a file on this computer is corrupt, or missing from MNIST_DIR.
    """
    cache = cache_folder()
    found, report = _find_here(cache)
    if _missing(found):
        # Imports requests and rich, which are slow to import and needed only here.
        from dataset.sources import all_sources

        for source in all_sources():
            fault = _fetch(source, _missing(found), cache)
            report.append(say("{source}: {fault}", source=source, fault=fault))
            # Read the cache again: another process may have stored the file first.
            found |= _look_in(cache, _missing(found)).found
            if not _missing(found):
                break
    if missing := _missing(found):
        raise MnistUnavailable(_explain(missing, report, cache))
    return found


def cache_folder() -> Path:
    """Return the folder for downloaded files.

    Returns
    -------
    Path
        The folder ``mnist`` in the folder given by the environment variable KATA_CACHE, or else
        in the user's cache folder. It may not exist.
    """
    named = os.environ.get("KATA_CACHE")
    return Path(named or platformdirs.user_cache_dir("backprop-kata", appauthor=False)) / "mnist"


def verified(name: str, content: bytes) -> bytes:
    """Uncompress a file if necessary, and check that it is the original of that name.

    Compression is recognised by the first bytes, not by the name: some browsers and web servers
    unpack a file but keep ``.gz`` in its name. No IDX file begins like gzip.

    Parameters
    ----------
    name : str
        One of `KNOWN_FILES`.
    content : bytes
        The file, compressed by gzip or not.

    Returns
    -------
    bytes
        The file, uncompressed.

    Raises
    ------
    CorruptFile
        If it is damaged or a different file. The message has the expected and the actual digest.
    """
    expected = say("expected {name} with SHA-256 {digest}", name=name, digest=KNOWN_FILES[name])
    if content.startswith(b"\x1f\x8b"):
        try:
            content = gzip.decompress(content)
        except (EOFError, OSError, zlib.error) as error:
            told = say("{expected}, got damaged gzip ({error})", expected=expected, error=error)
            raise CorruptFile(told) from error
    got = hashlib.sha256(content).hexdigest()
    if got != KNOWN_FILES[name]:
        raise CorruptFile(
            say(
                "{expected}, got {size:,} bytes with {digest}",
                expected=expected,
                size=len(content),
                digest=got,
            )
        )
    return content


def _missing(found: Collection[str]) -> list[str]:
    """List the names that were not found, in the order of `KNOWN_FILES`."""
    return [name for name in KNOWN_FILES if name not in found]


def _find_here(cache: Path) -> tuple[dict[str, Found], list[str]]:
    """Look in MNIST_DIR, then in the cache. Return the files and a report of what is missing."""
    found: dict[str, Found] = {}
    report = [say("MNIST_DIR: not set")]
    if named := os.environ.get("MNIST_DIR"):
        look = _look_in(Path(named), list(KNOWN_FILES))
        faults = _faults(Path(named), look)
        found, report = look.found, [say("MNIST_DIR: {fault}", fault=line) for line in faults]
        # A user who sets MNIST_DIR expects it to be used, so say when it was not.
        for line in report:
            _warn(say("{fault}. Left unchanged; looking elsewhere.", fault=line))
    look = _look_in(cache, _missing(found))
    for line in look.bad:
        _warn(say("cache: {fault}. Not used; looking for a valid copy.", fault=line))
    report += [say("cache: {fault}", fault=line) for line in _faults(cache, look)]
    return found | look.found, report


def _look_in(folder: Path, names: list[str]) -> _Look:
    """Read and check the named files in a folder, under any of their usual names."""
    found: dict[str, Found] = {}
    bad: dict[str, str] = {}
    for name in names:
        for path in _spellings(folder, name):
            try:
                found[name] = Found(path, verified(name, path.read_bytes()))
                break
            except (FileNotFoundError, NotADirectoryError):
                continue
            except (OSError, CorruptFile) as error:
                bad[name] = f"{path}: {error}"
    absent = [name for name in names if name not in found and name not in bad]
    return _Look(found, list(bad.values()), absent)


def _spellings(folder: Path, name: str) -> Iterator[Path]:
    """Yield the possible paths of a file: with a hyphen or a dot, with or without .gz."""
    for ending in ("", ".gz"):
        yield folder / f"{name}{ending}"
        yield folder / f"{name.replace('-idx', '.idx')}{ending}"


def _faults(folder: Path, look: _Look) -> list[str]:
    """List the problems: one line for each bad file, and one for all missing files."""
    if not look.absent:
        return look.bad
    if not folder.is_dir():
        return [*look.bad, say("{folder} is not a folder", folder=folder)]
    names = ", ".join(look.absent)
    return [*look.bad, say("{folder} has no {names}", folder=folder, names=names)]


def _warn(message: str) -> None:
    """Warn, with the caller of `find_files` as the source of the warning."""
    warnings.warn(message, stacklevel=4)


def _fetch(source: "Source", names: list[str], cache: Path) -> str:
    """Fetch files into the cache, and return why some could not be fetched."""
    lacking = list(names)
    try:
        for name, content in source.fetch(names):
            _store(cache / name, verified(name, content))
            lacking.remove(name)
    except Exception as error:  # whatever failed here, the next source may work
        return _reason(error)
    return say("has no {names}", names=", ".join(lacking))


def _store(path: Path, content: bytes) -> None:
    """Write a file atomically, so that other processes never see a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _reason(error: BaseException) -> str:
    """Return in one line why a source failed, without a password from its address."""
    # Requests wraps the cause, such as "Connection refused", three times over.
    while type(error).__module__.startswith(("requests.", "urllib3.")):
        cause = error.__cause__ or error.__context__
        if cause is None:
            break
        error = cause
    line = " ".join(str(error).split()) or type(error).__name__
    return re.sub(r"//[^/\s]*@", "//", line)


def _explain(missing: list[str], report: list[str], cache: Path) -> str:
    """Build the message of `MnistUnavailable`."""
    return "\n".join(
        [
            say(
                "MNIST: {number} of {all} files are not available ({names}).",
                number=len(missing),
                all=len(KNOWN_FILES),
                names=", ".join(missing),
            ),
            say("Tried, in this order:"),
            *(f"  - {line}" for line in report),
            say(
                "To place them by hand, put these files, with or without .gz at the end of the "
                "name,"
            ),
            *(f"    {name}" for name in KNOWN_FILES),
            say("into the folder {folder}", folder=cache),
            say(
                "or into another folder, and set the environment variable MNIST_DIR to that folder."
            ),
        ]
    )
