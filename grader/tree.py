"""What was handed in, as a tree of files that can only be read: a folder, a .zip or a .tar.gz.

Nothing is run, nothing is unpacked to the disk, no link is followed, and whatever was handed in,
reading it takes bounded memory and time and ends with a value or with `Unreadable`.
"""

import io
import os
import re
import stat
import tarfile
import unicodedata
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

MAX_NAME = 500  # characters of a path in an archive
MAX_OTHERS = 20_000  # folders and what is left out, beside the files that are counted
MAX_EXTENSION = 1 << 20  # bytes of a header that comes before a header, in a .tar
DIRECTORY_ENTRY = 1 << 10  # bytes that a member of a .zip may take in its directory, on average
CHUNK = 1 << 16
PACKED_CHUNK = 1 << 12  # small: zlib copies what is left of it for each piece that it unpacks
KEPT = (".py", ".ipynb", ".zip", ".gz", ".tgz")  # what is kept of a .tar.gz

Reader = Callable[[int], bytes]
"""Answers with a file's content, given how many bytes it may have."""

Entry = Reader | str | None
"""A file, the reason why something is not read, or a folder."""

Opener = Callable[[], BinaryIO]

_LINK = "is a link, which is not followed: hand in the file itself"
_KINDS = {
    stat.S_IFLNK: _LINK,
    stat.S_IFIFO: "is a pipe, which is not read: hand in a file",
    stat.S_IFSOCK: "is a socket, which is not read: hand in a file",
    stat.S_IFCHR: "is a device, which is not read: hand in a file",
    stat.S_IFBLK: "is a device, which is not read: hand in a file",
}
_TAR_KINDS = {
    tarfile.LNKTYPE: _LINK,
    tarfile.SYMTYPE: _LINK,
    tarfile.CHRTYPE: _KINDS[stat.S_IFCHR],
    tarfile.BLKTYPE: _KINDS[stat.S_IFBLK],
    tarfile.FIFOTYPE: _KINDS[stat.S_IFIFO],
}
_SPARSE = "is a sparse file, which is not read: pack it without the option for sparse files"
_UNKNOWN = "is neither a file nor a folder: hand in a file"
_LOOKS = {
    b"Rar!": "a .rar",
    b"7z\xbc\xaf": "a .7z",
    b"BZh": "a .bz2",
    b"\xfd7zXZ": "an .xz",
    b"\x28\xb5\x2f\xfd": "a .zst",
}
_ZIP = (b"PK\3\4", b"PK\5\6")  # with members, and without
_GZIP = b"\x1f\x8b"
_REPARSE_MOUNT_POINT = 0xA0000003  # a junction, by which Windows links folders

_JUNK = re.compile(r"(?:^|/)(?:\.[^/]*|__MACOSX|__pycache__|node_modules|site-packages)(?:/|$)")
_VENV_PART = re.compile(r"(?:^|/)(?:bin|include|lib|lib64|scripts|share)(?=/|$)", re.IGNORECASE)
_VENV_MARK = "pyvenv.cfg"

_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _FLAGS |= getattr(os, _flag, 0)


class Unreadable(Exception):
    """A file, or a whole hand-in, that is not read.

    The text is for the learner: which file, what was expected, what was found, what to do next.
    """


def shown(name: str) -> str:
    """A name for use in a message: cut, and quoted if a terminal might take it for a command.

    Parameters
    ----------
    name : str
        A name that a stranger chose.
    """
    short = name if len(name) <= 100 else f"{name[:100]}..."
    return short if short.isprintable() else repr(short)


class Tree:
    """Files that can be read, by their path.

    Parameters
    ----------
    entries : mapping of str to Entry
        What there is, by its relative POSIX path.
    """

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        self._entries = dict(sorted(entries.items()))
        self._names = list(self._entries)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files, sorted. They are kept as they are: whoever shows them escapes."""
        return tuple(name for name, entry in self._entries.items() if callable(entry))

    @property
    def problems(self) -> dict[str, str]:
        """Why something that is there is not read, by its path: a link, a pipe, a device."""
        return {name: entry for name, entry in self._entries.items() if isinstance(entry, str)}

    @property
    def folders(self) -> tuple[str, ...]:
        """Names of the folders that are directly in here, also empty ones, sorted."""
        tops = {name.partition("/")[0] for name in self._names if "/" in name}
        empty = {name for name, entry in self._entries.items() if entry is None and "/" not in name}
        return tuple(sorted(tops | empty))

    def items(self) -> Iterable[tuple[str, Entry]]:
        """All that there is, by its path."""
        return self._entries.items()

    def read(self, name: str, limit: int) -> bytes:
        """Read one file.

        Parameters
        ----------
        name : str
            Its path.
        limit : int
            How many bytes it may have. No more than one more is read.

        Raises
        ------
        Unreadable
            If it has more, if it is broken, or if there is no such file.
        """
        with _telling(name):
            entry = self._entries.get(name)
            if callable(entry):
                return entry(limit)
            raise Unreadable(entry or "is no file here")

    def below(self, folder: str) -> "Tree":
        """The tree in one of its folders, whose paths begin there.

        Parameters
        ----------
        folder : str
            Path of the folder; what is not there is an empty tree.
        """
        prefix = f"{folder}/"
        inside = {}
        # Sorted, they lie side by side: a class of thousands is not searched for each of them.
        for name in islice(self._names, bisect_left(self._names, prefix), None):
            if not name.startswith(prefix):
                break
            inside[name.removeprefix(prefix)] = self._entries[name]
        return Tree(inside)


def gathered(parts: Iterable[tuple[str, Tree]]) -> Tree:
    """Several trees as one.

    Parameters
    ----------
    parts : iterable of (str, Tree)
        Each tree behind what its paths begin with from now on: nothing, or a folder and a slash.
    """
    return Tree({prefix + name: entry for prefix, part in parts for name, entry in part.items()})


def read_single(path: Path) -> Tree:
    """One file, whatever it is, as a tree.

    Parameters
    ----------
    path : Path
        The file. An archive stays one.

    Raises
    ------
    Unreadable
        If it is a link, a pipe, a device or a folder.
    """
    with _telling(path.name or str(path)):
        kind = _kind_of(os.lstat(path))
        if kind != stat.S_IFREG:
            raise Unreadable(_KINDS.get(kind, _UNKNOWN))
    return Tree({path.name: partial(_read_file, os.path.abspath(path))})


def open_tree(path: Path, *, max_files: int, max_bytes: int) -> Tree:
    """Read what lies at a path: a folder, an archive, or one .py or .ipynb.

    Parameters
    ----------
    path : Path
        Where it lies. A link is not followed here either: a class is full of other people's work.
    max_files : int
        How many files there may be.
    max_bytes : int
        How many bytes an archive may have, unpacked.

    Returns
    -------
    Tree
        The files. Nothing stays open.

    Raises
    ------
    Unreadable
        If it is none of these, or breaks a rule of `read_folder` or `read_archive`.
    """
    with _telling(path.name or str(path)):
        kind = _kind_of(os.lstat(path))
        if kind not in (stat.S_IFDIR, stat.S_IFREG):
            raise Unreadable(_KINDS.get(kind, _UNKNOWN))
    if kind == stat.S_IFDIR:
        return read_folder(path, max_files=max_files)
    if path.suffix.lower() in (".py", ".ipynb"):
        return Tree({path.name: partial(_read_file, os.path.abspath(path))})
    return read_archive(path.name, path, max_files=max_files, max_bytes=max_bytes)


def read_folder(path: Path, *, max_files: int) -> Tree:
    """List the files of a folder; each is opened only when it is read.

    Left out are hidden files and what machines write beside ours: caches, checkpoints, and the
    environments of Python and Node.

    Parameters
    ----------
    path : Path
        The folder.
    max_files : int
        How many files there may be.

    Returns
    -------
    Tree
        The files. Links, pipes, devices and forbidden folders are among its problems.

    Raises
    ------
    Unreadable
        If the folder cannot be read, or has more files.
    """
    root = os.path.abspath(path)
    entries: dict[str, Entry] = {}
    waiting, seen, files = [""], 0, 0
    with _telling(os.path.basename(root) or root):
        while waiting:
            folder = waiting.pop()
            try:
                found = _list(root, folder, max_files + MAX_OTHERS - seen)
            except OSError as error:
                if not folder:
                    raise
                entries[folder] = f"cannot be read: {error.strerror}"
                continue
            seen += len(found)
            if seen > max_files + MAX_OTHERS:
                raise Unreadable(_tell_number(max_files))
            kept = _without_junk(found)
            entries |= kept
            waiting += [name for name, entry in kept.items() if entry is None]
            files += sum(map(callable, kept.values()))
            if files > max_files:
                raise Unreadable(_tell_number(max_files))
    return Tree(entries)


def _list(root: str, folder: str, most: int) -> dict[str, Entry]:
    """What is directly in a folder, but no more than one more than may be."""
    with os.scandir(os.path.join(root, folder)) as children:
        return {
            f"{folder}/{child.name}" if folder else child.name: _entry_of(child)
            for child in islice(children, most + 1)
        }


def _entry_of(child: os.DirEntry[str]) -> Entry:
    try:
        kind = _kind_of(child.stat(follow_symlinks=False))
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if kind == stat.S_IFDIR:
        return None
    if kind == stat.S_IFREG:
        return partial(_read_file, child.path)
    return _KINDS.get(kind, _UNKNOWN)


def _kind_of(status: os.stat_result) -> int:
    if getattr(status, "st_reparse_tag", 0) == _REPARSE_MOUNT_POINT:
        return stat.S_IFLNK
    return stat.S_IFMT(status.st_mode)


def _without_junk(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    venvs = _find_venvs(entries)
    return {name: entry for name, entry in entries.items() if not _is_junk(name, venvs)}


def _find_venvs(names: Iterable[str]) -> set[str]:
    """Folders that Python has made an environment of. One's own files may be in there, too."""
    return {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == _VENV_MARK}


def _is_junk(name: str, venvs: set[str]) -> bool:
    if _JUNK.search(name) or name.rpartition("/")[2] == _VENV_MARK:
        return True
    return bool(venvs) and any(name[: part.start()] in venvs for part in _VENV_PART.finditer(name))


def _tell_number(max_files: int) -> str:
    return f"has more than {max_files:,} files: hand in only those that you wrote"


def _tell_size(max_bytes: int) -> str:
    return f"has more than {max_bytes:,} bytes unpacked: hand in only the files that you wrote"


def _read_file(path: str | Path, limit: int) -> bytes:
    with _open_regular(path) as file:
        return _within(file.read(limit + 1), limit)


def _open_regular(path: str | Path) -> BinaryIO:
    """Open a file; what has become a link, a pipe or a device since it was listed is none."""
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("is no file any more")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def _within(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise Unreadable(f"has more than {limit:,} bytes, which is the most that is read")
    return content


@contextmanager
def _telling(name: str) -> Iterator[None]:
    """Whatever goes wrong inside becomes `Unreadable`, with a text that begins with a name."""
    try:
        yield
    except Unreadable as error:
        raise Unreadable(f"{shown(name)} {error}") from None
    except OSError as error:
        raise Unreadable(f"{shown(name)} cannot be read: {error.strerror or error}") from error
    except Exception as error:  # zipfile, tarfile and zlib raise a dozen kinds on rubbish
        raise Unreadable(f"{shown(name)} is broken or cut short: hand it in again") from error


@dataclass(frozen=True)
class _Member:
    """One member of an archive; a folder has no `read`, and a `fault` says why it is refused."""

    name: str
    size: int
    fault: str
    read: Reader | None


def read_archive(name: str, content: bytes | Path, *, max_files: int, max_bytes: int) -> Tree:
    """Read the list of files of a .zip or a .tar.gz, whatever its name ends with.

    The members of a .zip are unpacked only when they are read. A .tar.gz can only be read from
    beginning to end: that is done here, and of its files only those are kept that are named by
    `KEPT`. An archive in an archive is a file like others. Junk is left out as in `read_folder`.

    Members of a .zip may overlap, so that a small one announces much. What they announce is
    added up here, and none of them is unpacked further than it announced.

    Parameters
    ----------
    name : str
        What messages call it.
    content : bytes or Path
        The archive, or where it lies.
    max_files : int
        How many files there may be.
    max_bytes : int
        How many bytes they may have in sum, unpacked; for a .tar.gz, with all that is in it.

    Returns
    -------
    Tree
        The files. Nothing stays open.

    Raises
    ------
    Unreadable
        If it is no archive, is broken, has too much in it, or if one of its members has a name
        that leads out of it or that is the name of another one, is encrypted or packed in an
        unusual way, or is neither a file nor a folder.
    """
    with _telling(name):
        opener: Opener
        if isinstance(content, bytes):
            opener = partial(io.BytesIO, content)
        else:
            opener = partial(_open_regular, os.path.abspath(content))
        with opener() as file:
            start = file.read(tarfile.BLOCKSIZE)
        if start.startswith(_ZIP):
            members = _zip_members(opener, max_files + MAX_OTHERS)
        elif start.startswith(_GZIP):
            members = _tar_gz_members(opener, max_bytes)
        else:
            raise Unreadable(f"is {_looks_like(start)}: pack your files as a .zip or a .tar.gz")
        return _tree_of(members, max_files, max_bytes)


def _looks_like(start: bytes) -> str:
    if not start:
        return "empty"
    if start[257:262] == b"ustar":
        return "a .tar"
    looks = [kind for magic, kind in _LOOKS.items() if start.startswith(magic)]
    return looks[0] if looks else "neither a .zip nor a .tar.gz"


def _tree_of(members: Iterable[_Member], max_files: int, max_bytes: int) -> Tree:
    found = [(_path_of(member), member) for member in islice(members, max_files + MAX_OTHERS + 1)]
    if len(found) > max_files + MAX_OTHERS:
        raise Unreadable(_tell_number(max_files))
    venvs = _find_venvs(path for path, _ in found)
    found = [(path, member) for path, member in found if path and not _is_junk(path, venvs)]
    for _, member in found:
        if member.fault:
            _refuse(member.name, member.fault)
    _check_clashes(found)
    if sum(member.read is not None for _, member in found) > max_files:
        raise Unreadable(_tell_number(max_files))
    if sum(member.size for _, member in found) > max_bytes:
        raise Unreadable(_tell_size(max_bytes))
    return Tree({path: member.read for path, member in found})


def _refuse(name: str, fault: str) -> NoReturn:
    raise Unreadable(f"cannot be taken: {shown(name) or repr(name)} {fault}")


def _path_of(member: _Member) -> str:
    """The path of a member in the tree; empty for the folder that is the archive itself."""
    name = member.name.replace("\\", "/")  # as some Windows programs pack
    parts = name.split("/")
    if "\0" in name:
        _refuse(name, "has a NUL in its name: rename it")
    if len(name) > MAX_NAME:
        _refuse(name, f"has a path of more than {MAX_NAME} characters: rename it")
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in parts:
        _refuse(name, "leads out of the archive: pack the folder with your files")
    path = "/".join(part for part in parts if part not in ("", "."))
    if not path and member.read is not None:
        _refuse(name, "is no name for a file: rename it")
    return path


def _check_clashes(found: list[tuple[str, _Member]]) -> None:
    """Refuse what is one path on a machine to which A and a, or two forms of é, are the same."""
    # NUL is in no name, and comes before all else: what is in "a" follows right behind "a".
    keys = sorted(
        (_folded(path) + ("\0" if member.read is None else ""), path) for path, member in found
    )
    for (key, path), (next_key, next_path) in pairwise(keys):
        if not key.endswith("\0") and f"{next_key}\0".startswith(f"{key}\0"):
            _refuse(path, f"and {shown(next_path)} are in each other's way: rename one of them")


def _folded(path: str) -> str:
    folded = unicodedata.normalize("NFC", path).casefold()
    return unicodedata.normalize("NFC", folded).replace("/", "\0")


class _Packed:
    """An archive that is open only while it is read, so that a tree holds nothing open.

    Its directory is bounded before zipfile makes an object of each member.
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
            raise Unreadable("has too much in its list of files: hand in only those that you wrote")
        with self._opener() as file:
            file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        if not self.is_directory_read and content.count(b"PK\1\2") > self._most_members:
            raise Unreadable("has too many files: hand in only those that you wrote")
        return content


def _zip_members(opener: Opener, most_members: int) -> Iterator[_Member]:
    packed = _Packed(opener, most_members)
    archive = zipfile.ZipFile(packed)
    packed.is_directory_read = True
    for info in archive.infolist():
        # Not `filename`, which ends at a NUL, and which Python's versions make in several ways.
        name = info.orig_filename
        is_folder = name.endswith(("/", "\\")) or stat.S_ISDIR(info.external_attr >> 16)
        read = None if is_folder else partial(_read_member, archive, info)
        yield _Member(name, 0 if is_folder else info.file_size, _zip_fault(info), read)


def _zip_fault(info: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return _KINDS.get(kind, _UNKNOWN)
    if info.flag_bits & 1:
        return "is encrypted: pack your files without a password"
    # Others unpack 4 KiB to a hundred MiB at once, and not every Python has them.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in an unusual way: pack your files as an ordinary .zip"
    return ""


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    size = min(limit, info.file_size) + 1
    with archive.open(info) as file:
        content = _within(file.read(size), limit)
    if len(content) != info.file_size:
        raise EOFError(f"announced {info.file_size} bytes, has {len(content)}")
    return content


class _Gunzip(io.RawIOBase):
    """The content of a .gz as a file, which ends with an error before it has too many bytes."""

    def __init__(self, file: BinaryIO, max_bytes: int) -> None:
        self._file = file
        self._max_bytes = max_bytes
        self._size = 0
        # Not gzip, which reads the name in the header a byte at a time, however long it is.
        self._inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(PACKED_CHUNK)
            piece = self._inflate.decompress(packed, len(buffer))
            self._size += len(piece)
            if self._size > self._max_bytes:
                raise Unreadable(_tell_size(self._max_bytes))
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
                _refuse(header.name, _SPARSE)  # nobody knows where the next header is
            elif header.type in _EXTENSIONS:
                extension |= _read_extension(stream, header)
            else:
                yield _read_tar_member(stream, header, extension)
                extension = {}
        while stream.read(CHUNK):
            pass  # to the end, where the checksum is


# tarfile itself is not asked: it keeps a copy of all extensions with each member, and searches
# them in quadratic time, in the versions of Python that people have.
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
        raise Unreadable("holds no .tar, or a broken one: pack your files again") from error
    return header


def _read_extension(stream: BinaryIO, header: tarfile.TarInfo) -> dict[str, str]:
    """What a header tells of the member behind it, that the member's own has no room for."""
    if header.size > MAX_EXTENSION:
        raise Unreadable(f"has a header of {header.size:,} bytes: pack your files again")
    content = _take(stream, header.size)
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": _decode(content.partition(b"\0")[0])}
    if header.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
        return dict(_pax_records(content))
    return {}  # where a link leads, and what is said of all members, which is never a path


def _pax_records(content: bytes) -> Iterator[tuple[str, str]]:
    """Records as in ``18 path=affine.py`` and a line end, with their own length before them."""
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
    fault = _TAR_KINDS.get(header.type, "" if header.isreg() or header.isdir() else _UNKNOWN)
    if any(key.startswith("GNU.sparse.") for key in extension):
        fault = _SPARSE
    if header.isdir() or header.type in _TAR_KINDS:  # whatever their size, nothing is behind them
        return _Member(name, 0, fault, None if header.isdir() else _read_nothing)
    size = int(extension.get("size", header.size))
    if name.lower().endswith(KEPT):
        return _Member(name, size, fault, partial(_within, _take(stream, size)))
    for _ in _pieces(stream, size):
        pass
    return _Member(name, size, fault, _read_nothing)


def _take(stream: BinaryIO, size: int) -> bytes:
    return b"".join(_pieces(stream, size))


def _pieces(stream: BinaryIO, size: int) -> Iterator[bytes]:
    """The content of a member, a piece at a time: a header may announce more than memory has."""
    if size < 0:
        raise ValueError(f"a member of {size} bytes")
    left = size
    while left:
        piece = stream.read(min(left, CHUNK))
        if not piece:
            raise EOFError("the .tar is cut short")
        left -= len(piece)
        yield piece
    stream.read(-size % tarfile.BLOCKSIZE)  # what fills up the last block


def _read_nothing(limit: int) -> bytes:
    raise Unreadable(f"is not read: of a .tar.gz, only {' '.join(KEPT)} are")
