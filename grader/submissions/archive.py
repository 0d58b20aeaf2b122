"""Reads .zip and .tar.gz archives as trees of files.

Nothing is unpacked to disk. For any input, reading takes bounded memory and time, and either
returns a value or raises `Unreadable`.
"""

import io
import os
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from grader.messages.escaping import shown
from grader.messages.message import Text, english, joined
from grader.submissions.file_tree import (
    KINDS,
    LINK,
    MAX_OTHERS,
    UNKNOWN,
    FileTree,
    Reader,
    Unreadable,
    error_prefix,
    find_venvs,
    is_junk,
    open_regular,
    read_folder,
    read_single,
    tell_number,
    within,
)

MAX_NAME = 500  # characters of a path in an archive
MAX_EXTENSION = 1 << 20  # bytes of an extended header in a .tar
DIRECTORY_ENTRY = 1 << 10  # average bytes per member in the central directory of a .zip
CHUNK = 1 << 16
PACKED_CHUNK = 1 << 12  # small, because zlib copies the unconsumed rest for each piece
KEPT = (".py", ".ipynb", ".zip", ".gz", ".tgz")  # the members of a .tar.gz whose content is kept

Opener = Callable[[], BinaryIO]

_TAR_KINDS = {
    tarfile.LNKTYPE: LINK,
    tarfile.SYMTYPE: LINK,
    tarfile.CHRTYPE: KINDS[stat.S_IFCHR],
    tarfile.BLKTYPE: KINDS[stat.S_IFBLK],
    tarfile.FIFOTYPE: KINDS[stat.S_IFIFO],
}
_SPARSE = english(
    "is a sparse file, which is not read: pack it without the option for sparse files"
)
_LOOKS = {
    b"Rar!": ".rar",
    b"7z\xbc\xaf": ".7z",
    b"BZh": ".bz2",
    b"\xfd7zXZ": ".xz",
    b"\x28\xb5\x2f\xfd": ".zst",
}
_ZIP = (b"PK\3\4", b"PK\5\6")  # with members, and without
_GZIP = b"\x1f\x8b"


def open_tree(path: Path, *, max_files: int, max_bytes: int, of_many: bool = False) -> FileTree:
    """Read a folder, an archive, or a single .py or .ipynb file.

    Parameters
    ----------
    path : Path
        A link is an error: it could lead to the work of another learner.
    max_files : int
        Maximum number of files.
    max_bytes : int
        Maximum total size of an archive, unpacked.
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
        return read_folder(path, max_files=max_files)
    single = read_single(path)
    if path.suffix.lower() in (".py", ".ipynb"):
        return single
    return read_archive(path.name, path, max_files=max_files, max_bytes=max_bytes, of_many=of_many)


def tell_size(max_bytes: int) -> Text:
    """Return the error for an archive that is too large."""
    return english(
        "has more than {number:,} bytes unpacked: hand in only the files that you wrote",
        number=max_bytes,
    )


@dataclass(frozen=True)
class _Member:
    """A member of an archive. A folder has no `read`; `fault` is why the member is rejected."""

    name: str
    size: int
    fault: Text
    read: Reader | None


def read_archive(
    name: str,
    content: bytes | Path,
    *,
    max_files: int,
    max_bytes: int,
    of_many: bool = False,
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
    max_files : int
        Maximum number of files.
    max_bytes : int
        Maximum total size of the files, unpacked; for a .tar.gz, of the whole unpacked stream.
    of_many : bool, default False
        Whether the archive holds the work of many people. If so, a member that is rejected is
        recorded in the tree's `problems`; otherwise the whole archive is rejected.

    Returns
    -------
    FileTree
        The files. No file is kept open.

    Raises
    ------
    Unreadable
        If it is not an archive, is damaged or too large, or if a member has a path outside the
        archive or the same path as another member, is encrypted, uses an unusual compression
        method, or is neither a file nor a folder.
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
            members = _zip_members(opener, max_files + MAX_OTHERS)
        elif start.startswith(_GZIP):
            members = _tar_gz_members(opener, max_bytes)
        else:
            raise Unreadable(_tell_kind(start))
        return _tree_of(members, max_files, max_bytes, of_many)


def _tell_kind(start: bytes) -> Text:
    if not start:
        return english("is empty: pack your files as a .zip or a .tar.gz")
    kinds = [kind for magic, kind in _LOOKS.items() if start.startswith(magic)]
    if start[257:262] == b"ustar":
        kinds = [".tar"]
    if not kinds:
        return english("is neither a .zip nor a .tar.gz: pack your files as one of them")
    return english("is a {kind}: pack your files as a .zip or a .tar.gz", kind=kinds[0])


def _tree_of(members: Iterable[_Member], max_files: int, max_bytes: int, of_many: bool) -> FileTree:
    listed = list(islice(members, max_files + MAX_OTHERS + 1))
    if len(listed) > max_files + MAX_OTHERS:
        raise Unreadable(tell_number(max_files))
    found = [_Place(member, *_path_of(member)) for member in listed]
    venvs = find_venvs(place.path for place in found)
    found = [place for place in found if place.path and not is_junk(place.path, venvs)]
    faults = {id(place): place.fault or place.member.fault for place in found}
    faults |= {id(place): fault for place, fault in _clashes(found)}
    for place in found:
        if faults[id(place)] and not of_many:
            _refuse(place.member.name, faults[id(place)])
    if sum(place.member.read is not None for place in found) > max_files:
        raise Unreadable(tell_number(max_files))
    size = sum(place.member.size for place in found)
    if size > max_bytes:
        raise Unreadable(tell_size(max_bytes))
    return FileTree({place.path: faults[id(place)] or place.member.read for place in found}, size)


@dataclass(frozen=True)
class _Place:
    """The path of a member in the tree, and the problem with that path, if any."""

    member: _Member
    path: str
    fault: Text


def _refuse(name: str, fault: Text) -> NoReturn:
    what = joined([shown(name) or repr(name), " ", fault])
    raise Unreadable(english("cannot be taken: {what}", what=what))


def _path_of(member: _Member) -> tuple[str, Text]:
    """Return the path of a member, empty for the root, and the problem with it, if any."""
    name = member.name.replace("\\", "/")  # some Windows programs write backslashes
    parts = name.split("/")
    path = "/".join(part for part in parts if part not in ("", ".", ".."))[:MAX_NAME]
    fault: Text = ""
    if "\0" in name:
        fault = english("has a NUL in its name: rename it")
    elif len(name) > MAX_NAME:
        fault = english("has a path of more than {number} characters: rename it", number=MAX_NAME)
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


class _Packed:
    """A file object that opens the archive for each read, so that a tree keeps no file open.

    It limits the size of the central directory before zipfile creates an object for each member.
    """

    def __init__(self, opener: Opener, most_members: int) -> None:
        self._opener = opener
        self._most_members = most_members
        self._position = 0
        self.is_directory_read = False

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        if whence == os.SEEK_SET:
            self._position = offset
        else:
            with self._opener() as file:
                file.seek(self._position)
                self._position = file.seek(offset, whence)
        return self._position

    def read(self, size: int = -1) -> bytes:
        if not self.is_directory_read and size > self._most_members * DIRECTORY_ENTRY:
            raise Unreadable(
                english("has too much in its list of files: hand in only those that you wrote")
            )
        with self._opener() as file:
            file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        if not self.is_directory_read and content.count(b"PK\1\2") > self._most_members:
            raise Unreadable(english("has too many files: hand in only those that you wrote"))
        return content


def _zip_members(opener: Opener, most_members: int) -> Iterator[_Member]:
    packed = _Packed(opener, most_members)
    archive = zipfile.ZipFile(packed)
    packed.is_directory_read = True
    for info in archive.infolist():
        name = _zip_name(info)
        is_folder = name.endswith(("/", "\\")) or stat.S_ISDIR(info.external_attr >> 16)
        read = None if is_folder else partial(_read_member, archive, info)
        yield _Member(name, 0 if is_folder else info.file_size, _zip_fault(info), read)


def _zip_name(info: zipfile.ZipInfo) -> str:
    # Not `filename`, which is cut at a NUL and differs between versions of Python.
    name = info.orig_filename
    if info.flag_bits & 0x800:
        return name
    # macOS and Linux often write UTF-8 without setting the flag; Python decodes it as cp437.
    try:
        return name.encode("cp437").decode("utf-8")
    except UnicodeError:
        return name


def _zip_fault(info: zipfile.ZipInfo) -> Text:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return KINDS.get(kind, UNKNOWN)
    if info.flag_bits & 1:
        return english("is encrypted: pack your files without a password")
    # bzip2 and LZMA may expand 4 KiB to 100 MiB in one step, and are optional in Python.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return english("is packed in an unusual way: pack your files as an ordinary .zip")
    return ""


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    size = min(limit, info.file_size) + 1
    with archive.open(info) as file:
        content = within(file.read(size), limit)
    if len(content) != info.file_size:
        raise EOFError(f"announced {info.file_size} bytes, has {len(content)}")
    return content


class _Gunzip(io.RawIOBase):
    """The decompressed content of a .gz as a stream; raises `Unreadable` beyond `max_bytes`."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._size = 0
        # Not the gzip module, which reads a file name of any length in the header byte by byte.
        self._inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(PACKED_CHUNK)
            piece = self._inflate.decompress(packed, len(buffer))
            self._size += len(piece)
            if self._size > self._max_bytes:
                raise Unreadable(tell_size(self._max_bytes))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
            if not packed:
                raise EOFError("the .gz is cut short")
        return 0


def _tar_gz_members(opener: Opener, max_bytes: int) -> Iterator[_Member]:
    with opener() as file:
        stream = io.BufferedReader(_Gunzip(file, max_bytes), CHUNK)
        extension: dict[str, str] = {}
        while (header := _next_header(stream)) is not None:
            if header.type == tarfile.GNUTYPE_SPARSE:
                _refuse(header.name, _SPARSE)  # the position of the next header is unknown
            elif header.type in _EXTENSIONS:
                extension |= _read_extension(stream, header)
            else:
                yield _read_tar_member(stream, header, extension)
                extension = {}
        while stream.read(CHUNK):
            pass  # zlib verifies the checksum at the end


# Headers are parsed here, not by `tarfile.open`: in the supported versions of Python, it copies all
# extended headers to each member and searches them in quadratic time.
_EXTENSIONS = (
    tarfile.XHDTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def _next_header(stream: BinaryIO) -> tarfile.TarInfo | None:
    block = stream.read(tarfile.BLOCKSIZE)
    if not block or block == bytes(tarfile.BLOCKSIZE):
        return None
    try:
        header = tarfile.TarInfo.frombuf(block, "utf-8", "surrogateescape")
    except tarfile.HeaderError as error:
        told = english("holds no .tar, or a broken one: pack your files again")
        raise Unreadable(told) from error
    return header


def _read_extension(stream: BinaryIO, header: tarfile.TarInfo) -> dict[str, str]:
    """Read an extended header: what the header of the next member has no room for."""
    if header.size > MAX_EXTENSION:
        raise Unreadable(
            english("has a header of {number:,} bytes: pack your files again", number=header.size)
        )
    content = _take(stream, header.size)
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": _decode(content.partition(b"\0")[0])}
    if header.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
        return dict(_pax_records(content))
    return {}  # the target of a link, or a global header, which never holds a path


def _pax_records(content: bytes) -> Iterator[tuple[str, str]]:
    r"""Parse pax records such as ``18 path=affine.py\n``; the number is the record's length."""
    start = 0
    while start < len(content):
        space = content.index(b" ", start, start + 10)
        end = start + int(content[start:space])
        key, equals, value = content[space + 1 : end - 1].partition(b"=")
        if not equals or content[end - 1 : end] != b"\n":
            raise ValueError("no record of a pax header")
        yield _decode(key), _decode(value)
        start = end


def _decode(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape")


def _read_tar_member(
    stream: BinaryIO,
    header: tarfile.TarInfo,
    extension: Mapping[str, str],
) -> _Member:
    name = extension.get("path", header.name)
    fault = _TAR_KINDS.get(header.type, "" if header.isreg() or header.isdir() else UNKNOWN)
    if any(key.startswith("GNU.sparse.") for key in extension):
        fault = _SPARSE
    if header.isdir() or header.type in _TAR_KINDS:  # these have no data, whatever their size
        return _Member(name, 0, fault, None if header.isdir() else _read_nothing)
    size = int(extension.get("size", header.size))
    if name.lower().endswith(KEPT):
        return _Member(name, size, fault, partial(within, _take(stream, size)))
    for _ in _pieces(stream, size):
        pass
    return _Member(name, size, fault, _read_nothing)


def _take(stream: BinaryIO, size: int) -> bytes:
    return b"".join(_pieces(stream, size))


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """Yield the content of a member in pieces: its declared size may exceed the memory."""
    if size < 0:
        raise ValueError(f"a member of {size} bytes")
    left = size
    while left:
        piece = stream.read(min(left, CHUNK))
        if not piece:
            raise EOFError("the .tar is cut short")
        left -= len(piece)
        yield piece
    stream.read(-size % tarfile.BLOCKSIZE)  # padding of the last block


def _read_nothing(limit: int) -> bytes:
    raise Unreadable(english("is not read: of a .tar.gz, only {kinds} are", kinds=" ".join(KEPT)))
