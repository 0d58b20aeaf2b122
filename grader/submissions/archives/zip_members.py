"""Lists the members of a .zip archive; each is unpacked only when it is read."""

import os
import stat
import struct
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial

from grader.messages.message import Text, english
from grader.submissions.archives.member import TOO_MUCH, Member, Opener
from grader.submissions.budget import UnpackBudget
from grader.submissions.file_tree import KINDS, UNKNOWN, Unreadable

DIRECTORY_ENTRY = 1 << 10  # average bytes per member in the central directory
EXTRA_ENTRY = 64  # average bytes per member of further fields there, such as times of Unix
MAX_EXTRA = 1 << 12  # bytes of the further fields of one member: zipfile takes quadratic time
_ENTRY = struct.Struct("<28x3H12x")  # the lengths of name, further fields and comment
_ENTRY_MARK = b"PK\1\2"


class _Packed:
    """A file object that opens the archive for each read, so that a tree keeps no file open.

    It checks the central directory before zipfile creates an object for each member.
    """

    def __init__(self, opener: Opener, budget: UnpackBudget) -> None:
        self._opener = opener
        self._budget = budget
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
        if not self.is_directory_read and size > self._budget.max_members * DIRECTORY_ENTRY:
            raise Unreadable(TOO_MUCH)
        with self._opener() as file:
            file.seek(self._position)
            content = file.read(size)
        self._position += len(content)
        if not self.is_directory_read:
            self._budget.charge_members(content.count(_ENTRY_MARK))
            if _size_of_extra(content) > self._budget.max_members * EXTRA_ENTRY:
                raise Unreadable(TOO_MUCH)
        return content


def _size_of_extra(directory: bytes) -> int:
    """Return the total size of the further fields in a central directory."""
    total = place = 0
    while directory.startswith(_ENTRY_MARK, place) and len(directory) >= place + _ENTRY.size:
        name, extra, comment = _ENTRY.unpack_from(directory, place)
        if extra > MAX_EXTRA:
            raise Unreadable(TOO_MUCH)
        total += extra
        place += _ENTRY.size + name + extra + comment
    return total


def zip_members(opener: Opener, budget: UnpackBudget) -> Iterator[Member]:
    """Yield the members of a .zip. Their sizes are those that it declares, not yet charged."""
    packed = _Packed(opener, budget)
    archive = zipfile.ZipFile(packed)
    packed.is_directory_read = True
    listed = archive.infolist()
    # Members that share their packed bytes would be unpacked again and again.
    if sum(info.compress_size for info in listed) > packed.seek(0, os.SEEK_END):
        raise Unreadable(english("has files that overlap: pack your files again"))
    for info in listed:
        name = _zip_name(info)
        is_folder = name.endswith(("/", "\\")) or stat.S_ISDIR(info.external_attr >> 16)
        read = None if is_folder else partial(_read_member, archive, info)
        size = 0 if is_folder else info.file_size
        yield Member(name, size, _zip_fault(info), read, _zip_time(info))


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


def _zip_time(info: zipfile.ZipInfo) -> tuple[str, float] | None:
    """Return when a member was changed, by the clock on the wall where it was packed."""
    try:
        seconds = datetime(*info.date_time, tzinfo=UTC).timestamp()
    except ValueError:
        return None
    return ("zip", seconds) if info.date_time[0] > 1980 else None  # some programs write no time


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


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    with archive.open(info) as file:
        content = file.read(most)
    if len(content) != info.file_size:
        raise EOFError(f"announced {info.file_size} bytes, has {len(content)}")
    return content
