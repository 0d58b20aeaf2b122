"""The four files of MNIST: how they are known, and where they are looked for."""

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

from grader.messages.language import say

if TYPE_CHECKING:
    from dataset.sources import Source

# The SHA-256 of each file's uncompressed bytes: it does not matter where a file comes from, nor
# how it was packed.
KNOWN_FILES = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


class MnistUnavailable(RuntimeError):
    """No source has all of the files. Says which were tried, why they failed, what to do."""


class CorruptFile(ValueError):
    """A file is not, byte for byte, the one that is known by its name."""


class Found(NamedTuple):
    """A file of MNIST on this computer, checked."""

    path: Path
    content: bytes  # uncompressed, even where the file is not


class _Look(NamedTuple):
    """What a look into a folder brought to light."""

    found: dict[str, Found]
    bad: list[str]  # one line for each file that is there, but not as it should be
    absent: list[str]  # names


def find_files() -> dict[str, Found]:
    """Find the four files, and download those that are missing.

    The first of these that has a file provides it: the folder that the environment variable
    MNIST_DIR names, the cache, and then the sources of `dataset.sources`, from which it goes
    into the cache. While nothing is missing, no network is used.

    Returns
    -------
    dict of str to Found
        Each name in `KNOWN_FILES`, and its file.

    Raises
    ------
    MnistUnavailable
        If a file is neither here nor to be had from any source.

    Warns
    -----
    UserWarning
        If a file is here, but corrupt, or is not where MNIST_DIR says.
    """
    cache = cache_folder()
    found, report = _find_here(cache)
    if _missing(found):
        # Brings pooch, requests and rich, which are slow to import, and of use only here.
        from dataset.sources import all_sources

        for source in all_sources():
            fault = _fetch(source, _missing(found), cache)
            report.append(say("{source}: {fault}", source=source, fault=fault))
            # What counts is what can be read back: another process may have been quicker.
            found |= _look_in(cache, _missing(found)).found
            if not _missing(found):
                break
    if missing := _missing(found):
        raise MnistUnavailable(_explain(missing, report, cache))
    return found


def cache_folder() -> Path:
    """Tell where downloaded files are kept.

    Returns
    -------
    Path
        The folder ``mnist`` in the one that the environment variable KATA_CACHE names, or else
        in the user's cache folder. It need not exist.
    """
    named = os.environ.get("KATA_CACHE")
    return Path(named or platformdirs.user_cache_dir("backprop-kata", appauthor=False)) / "mnist"


def verified(name: str, content: bytes) -> bytes:
    """Uncompress a file if need be, and make sure that it is the one that its name says.

    What is compressed is told by its first bytes, not by its name: browsers and web servers are
    known to unpack a file on the way and to leave it its ``.gz``. No IDX file begins like gzip.

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
        If it is damaged, or any other file. The message has the expected digest and its own.
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
    """List the names that are not among those found, in the usual order."""
    return [name for name in KNOWN_FILES if name not in found]


def _find_here(cache: Path) -> tuple[dict[str, Found], list[str]]:
    """Look in the user's folder, then in the cache: what was found, and why not the rest."""
    found: dict[str, Found] = {}
    report = [say("MNIST_DIR: not set")]
    if named := os.environ.get("MNIST_DIR"):
        look = _look_in(Path(named), list(KNOWN_FILES))
        faults = _faults(Path(named), look)
        found, report = look.found, [say("MNIST_DIR: {fault}", fault=line) for line in faults]
        # Whoever names a folder wants it used, and should know where it was not.
        for line in report:
            _warn(say("{fault}. Left as it is; looking elsewhere.", fault=line))
    look = _look_in(cache, _missing(found))
    for line in look.bad:
        _warn(
            say("cache: {fault}. Not used; looking for a good one to take its place.", fault=line)
        )
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
    """Yield the paths that a file may have: the original name or one with a dot, packed or not."""
    for ending in ("", ".gz"):
        yield folder / f"{name}{ending}"
        yield folder / f"{name.replace('-idx', '.idx')}{ending}"


def _faults(folder: Path, look: _Look) -> list[str]:
    """Say what was not as hoped: a line for each bad file, and one for all that are absent."""
    if not look.absent:
        return look.bad
    if not folder.is_dir():
        return [*look.bad, say("{folder} is no folder", folder=folder)]
    names = ", ".join(look.absent)
    return [*look.bad, say("{folder} has no {names}", folder=folder, names=names)]


def _warn(message: str) -> None:
    """Warn in the name of whoever called `find_files`."""
    warnings.warn(message, stacklevel=4)


def _fetch(source: "Source", names: list[str], cache: Path) -> str:
    """Fetch files into the cache, and tell why those that did not come did not."""
    lacking = list(names)
    try:
        for name, content in source.fetch(names):
            _store(cache / name, verified(name, content))
            lacking.remove(name)
    except Exception as error:  # whatever is wrong with this source, the next one may be well
        return _reason(error)
    return say("has no {names}", names=", ".join(lacking))


def _store(path: Path, content: bytes) -> None:
    """Write a file at once or not at all, whoever else reads or writes it meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{uuid4().hex}.part")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _reason(error: BaseException) -> str:
    """Tell in one line why a source failed, without the password that its address may hold."""
    # Requests wraps the cause, such as "Connection refused", three times over.
    while type(error).__module__.startswith(("requests.", "urllib3.")):
        cause = error.__cause__ or error.__context__
        if cause is None:
            break
        error = cause
    line = " ".join(str(error).split()) or type(error).__name__
    return re.sub(r"//[^/\s]*@", "//", line)


def _explain(missing: list[str], report: list[str], cache: Path) -> str:
    """Put together the message of `MnistUnavailable`."""
    return "\n".join(
        [
            say(
                "MNIST: {number} of its {all} files cannot be had ({names}).",
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
            say("or into any other, and set the environment variable MNIST_DIR to that folder."),
        ]
    )
