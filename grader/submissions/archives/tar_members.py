"""Lists the members of a .tar.gz archive, and keeps the content of those that may be needed."""

import io
import stat
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, BinaryIO

from grader.messages.message import english
from grader.submissions.archives.member import Member, Opener, refuse
from grader.submissions.budget import UnpackBudget
from grader.submissions.code_files import TEXTS, is_code
from grader.submissions.file_tree import KINDS, LINK, UNKNOWN, UTC, Unreadable

MAX_EXTENSION = 1 << 20  # bytes of the extended headers of one member
EXTENSION_ENTRY = 1 << 7  # average bytes per member of extended headers
CHUNK = 1 << 16
PACKED_CHUNK = 1 << 12  # small, because zlib copies the unconsumed rest for each piece
KEPT = (".py", ".ipynb", ".zip", ".gz", ".tgz", *TEXTS)
"""Endings of the members of a .tar.gz whose content is kept, besides other names of code."""

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


class _Gunzip(io.RawIOBase):
    """The decompressed content of a .gz as a stream, which is charged as it is unpacked."""

    def __init__(self, file: BinaryIO, budget: UnpackBudget) -> None:
        self._file = file
        self._budget = budget
        # Not the gzip module, which reads a file name of any length in the header byte by byte.
        self._inflate = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._inflate.eof:
            packed = self._inflate.unconsumed_tail or self._file.read(PACKED_CHUNK)
            piece = self._inflate.decompress(packed, len(buffer))
            self._budget.charge_bytes(len(piece))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)
            if not packed:
                raise EOFError("the .gz is cut short")
        return 0


def tar_gz_members(opener: Opener, budget: UnpackBudget) -> Iterator[Member]:
    """Yield the members of a .tar.gz, while it is unpacked once from the beginning to the end."""
    left = budget.max_members * EXTENSION_ENTRY
    with opener() as file:
        stream = io.BufferedReader(_Gunzip(file, budget), CHUNK)
        extension: dict[str, str] = {}
        while (header := _next_header(stream)) is not None:
            budget.charge_members(1)  # also an extended header: each takes time
            if header.type == tarfile.GNUTYPE_SPARSE:
                refuse(header.name, _SPARSE)  # the position of the next header is unknown
            elif header.type in _EXTENSIONS:
                left -= header.size
                extension |= _read_extension(stream, header, min(left, MAX_EXTENSION))
            else:
                yield _read_tar_member(stream, header, extension)
                extension = {}
        while stream.read(CHUNK):
            pass  # zlib verifies the checksum at the end


_USED = ("path", "size", "GNU.sparse.")  # of the records of an extended header

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


def _read_extension(stream: BinaryIO, header: tarfile.TarInfo, most: int) -> dict[str, str]:
    """Read an extended header: what the header of the next member has no room for."""
    if header.size > most:
        raise Unreadable(
            english("has a header of {number:,} bytes: pack your files again", number=header.size)
        )
    content = _take(stream, header.size)
    if header.type == tarfile.GNUTYPE_LONGNAME:
        return {"path": _decode(content.partition(b"\0")[0])}
    if header.type in (tarfile.XHDTYPE, tarfile.SOLARIS_XHDTYPE):
        return {key: value for key, value in _pax_records(content) if key.startswith(_USED)}
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
) -> Member:
    name = extension.get("path", header.name)
    fault = _TAR_KINDS.get(header.type, "" if header.isreg() or header.isdir() else UNKNOWN)
    if any(key.startswith("GNU.sparse.") for key in extension):
        fault = _SPARSE
    if header.isdir() or header.type in _TAR_KINDS:  # these have no data, whatever their size
        return Member(name, 0, fault, None if header.isdir() else _read_nothing)
    size = int(extension.get("size", header.size))
    if name.lower().endswith(KEPT) or is_code(name):
        read = partial(_start_of, _take(stream, size))
        return Member(name, size, fault, read, (UTC, float(header.mtime)) if header.mtime else None)
    for _ in _pieces(stream, size):
        pass
    return Member(name, size, fault, _read_nothing)


def _start_of(content: bytes, most: int) -> bytes:
    return content[:most]


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


def _read_nothing(most: int) -> bytes:
    raise Unreadable(english("is not read: of a .tar.gz, only {kinds} are", kinds=" ".join(KEPT)))
