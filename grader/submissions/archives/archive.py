"""Reads .zip and .tar.gz archives as trees of files.

Nothing is unpacked to disk. For any input, reading takes bounded memory and time, and either
returns a value or raises `Unreadable`.
"""

import io
import os
import re
import tarfile
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from grader.messages.escaping import shown
from grader.messages.message import Text, english
from grader.submissions.archives.member import TOO_MUCH, Member, Opener, refuse
from grader.submissions.archives.tar_members import tar_gz_members
from grader.submissions.archives.zip_members import zip_members
from grader.submissions.budget import UnpackBudget
from grader.submissions.file_tree import (
    KINDS,
    MAX_NAME,
    TOO_LONG,
    UNKNOWN,
    File,
    FileTree,
    Unreadable,
    error_prefix,
    find_venvs,
    is_junk,
    open_regular,
    read_folder,
    read_single,
    tell_number,
)

WIDE_NAME = 128  # average characters of a path that is not ASCII, which takes time to normalize
_LOOKS = {
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"BZh": ".bz2",
    b"\xfd7zXZ": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
}
_ZIP = (b"PK\3\4", b"PK\5\6")  # with members, and without
_HIDDEN = re.compile(r"(?:[^/.][^/]*/)*\.[^/]+")  # up to the first name that begins with a dot
_GZIP = b"\x1f\x8b"
_LEFT_OUT = (*KINDS.values(), UNKNOWN)  # what is not read, in an archive as in a folder


def open_tree(path: Path, budget: UnpackBudget, *, of_many: bool = False) -> FileTree:
    """Read a folder, an archive, or a single .py or .ipynb file.

    Parameters
    ----------
    path : Path
        A link is an error: it could lead to the work of another learner.
    budget : UnpackBudget
        What may be unpacked, and the number of files.
    of_many : bool, default False
        As in `read_archive`.

    Returns
    -------
    FileTree
        The files. No file is kept open.

    Raises
    ------
    Unreadable
        If the path is none of these, or breaks a rule of `read_folder` or `read_archive`.
    """
    if path.is_dir() and not path.is_symlink():
        return read_folder(path, max_files=budget.max_files)
    single = read_single(path)
    if path.suffix.lower() in (".py", ".ipynb"):
        return single
    return read_archive(path.name, path, budget, of_many=of_many)


def read_archive(
    name: str, content: bytes | Path, budget: UnpackBudget, *, of_many: bool = False
) -> FileTree:
    """Read the file list of a .zip or .tar.gz archive.

    The format is detected by content, not by suffix. Members of a .zip are unpacked only when they
    are read. A .tar.gz can only be read sequentially, so it is read here once, and only the content
    of files with a suffix in `KEPT` is kept. A nested archive is an ordinary file. Junk is left out
    as in `read_folder`.

    Members of a .zip may overlap, so a small archive can declare a huge size (a zip bomb).
    Therefore the declared sizes are summed and checked here, and no member is unpacked beyond its
    declared size.

    Parameters
    ----------
    name : str
        Name of the archive in error messages.
    content : bytes or Path
        The archive, or the path of it.
    budget : UnpackBudget
        Charged for members and bytes, also if the archive is refused.
    of_many : bool, default False
        Whether the archive holds the work of many people. If so, a member that is rejected is
        recorded in the tree's `problems`; otherwise the whole archive is rejected. Links, pipes
        and devices are always recorded there.

    Returns
    -------
    FileTree
        The files. No file is kept open.

    Raises
    ------
    Unreadable
        If it is not an archive, is damaged or too large, or if a member has a path outside the
        archive or the same path as another member, is encrypted, or uses an unusual compression
        method.
    """
    with error_prefix(name):
        opener: Opener
        if isinstance(content, bytes):
            opener = partial(io.BytesIO, content)
        else:
            opener = partial(open_regular, os.path.abspath(content))
        with opener() as file:
            start = file.read(tarfile.BLOCKSIZE)
        if start.startswith(_ZIP):
            tree = _tree_of(zip_members(opener, budget), budget.max_files, of_many)
            budget.charge_bytes(tree.size)
        elif start.startswith(_GZIP):
            tree = _tree_of(tar_gz_members(opener, budget), budget.max_files, of_many)
        else:
            raise Unreadable(_tell_kind(start))
        return tree


def _tell_kind(start: bytes) -> Text:
    if not start:
        return english("is empty: pack your files as a .zip or a .tar.gz")
    kinds = [kind for magic, kind in _LOOKS.items() if start.startswith(magic)]
    if start[257:262] == b"ustar":
        kinds = [".tar"]
    if not kinds:
        return english("is neither a .zip nor a .tar.gz: pack your files as one of them")
    return english("is a {kind}: pack your files as a .zip or a .tar.gz", kind=kinds[0])


def _tree_of(members: Iterable[Member], max_files: int, of_many: bool) -> FileTree:
    places = [_Place(member, *_path_of(member)) for member in members]
    venvs = find_venvs(place.path for place in places)
    found = [place for place in places if place.path and not is_junk(place.path, venvs)]
    if sum(len(place.path) for place in found if not place.path.isascii()) > max_files * WIDE_NAME:
        raise Unreadable(TOO_MUCH)
    faults = {id(place): place.fault or place.member.fault for place in found}
    faults |= {id(place): fault for place, fault in _clashes(found)}
    for place in found:
        if faults[id(place)] and not of_many and place.member.fault not in _LEFT_OUT:
            refuse(place.member.name, faults[id(place)])
    if sum(place.member.read is not None for place in found) > max_files:
        raise Unreadable(tell_number(max_files))
    size = sum(place.member.size for place in found)
    entries = {
        place.path: faults[id(place)]
        or (read and File(place.member.size, read, changed=place.member.changed))
        for place in found
        for read in (place.member.read,)
    }
    hidden = (dotted[0] for place in places if (dotted := _HIDDEN.match(place.path)))
    return FileTree(entries, size, hidden)


@dataclass(frozen=True)
class _Place:
    """The path of a member in the tree, and the problem with that path, if any."""

    member: Member
    path: str
    fault: Text


def _path_of(member: Member) -> tuple[str, Text]:
    """Return the path of a member, empty for the root, and the problem with it, if any."""
    name = member.name.replace("\\", "/")  # some Windows programs write backslashes
    parts = name.split("/")
    path = "/".join(part for part in parts if part not in ("", ".", ".."))[:MAX_NAME]
    fault: Text = ""
    if "\0" in name:
        fault = english("has a NUL in its name: rename it")
    elif len(name) > MAX_NAME:
        fault = TOO_LONG
    elif name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        fault = english("leads out of the archive: pack the folder with your files")
    elif not path and member.read is not None:
        fault = english("is no name for a file: rename it")
    return (path or "?" if fault else path), fault


def _clashes(found: list[_Place]) -> Iterator[tuple[_Place, Text]]:
    """Find paths that are the same on file systems that ignore case or normalize Unicode.

    A file whose path is also the path of a folder clashes with what is in that folder.
    """
    # NUL occurs in no name and sorts before any other character, so that the content of folder "a"
    # directly follows "a".
    keys = sorted(
        (
            (_folded(place.path) + ("\0" if place.member.read is None else ""), place)
            for place in found
        ),
        key=lambda pair: (pair[0], pair[1].path),
    )
    for (key, place), (next_key, next_place) in pairwise(keys):
        if not key.endswith("\0") and f"{next_key}\0".startswith(f"{key}\0"):
            yield place, _tell_clash(next_place)
            yield next_place, _tell_clash(place)


def _tell_clash(other: _Place) -> Text:
    return english("and {path} have conflicting names: rename one of them", path=shown(other.path))


def _folded(path: str) -> str:
    folded = unicodedata.normalize("NFC", path).casefold()
    return unicodedata.normalize("NFC", folded).replace("/", "\0")
