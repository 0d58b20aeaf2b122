"""A read-only tree of submitted files, and how it is read from a folder.

Nothing is run, nothing is unpacked to disk, and no link is followed. For any input, reading takes
bounded memory and time, and either returns a value or raises `Unreadable`.
"""

import os
import re
import stat
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from grader.messages.escaping import shown
from grader.messages.message import Message, Text, english, joined

MAX_OTHERS = 20_000  # folders and ignored entries, in addition to the files that are counted
MAX_NAME = 500  # characters of a path
UTC = "UTC"
"""The clock of file systems and of .tar archives."""

Reader = Callable[[int], bytes]
"""Returns the beginning of a file, given the maximum number of bytes."""


@dataclass(frozen=True)
class File:
    """A file that can be read.

    Attributes
    ----------
    size : int
        Its size in bytes when it was listed: what is charged for it.
    start : callable
        Reads its beginning.
    order : tuple of int, default (0, 0)
        Numbers of the upload and of the attempt on a platform: the larger, the later.
    changed : (str, float) or None, default None
        When it was last changed, if that is known: a clock, and seconds on it. Times on different
        clocks cannot be compared.
    """

    size: int
    start: Reader
    order: tuple[int, int] = (0, 0)
    changed: tuple[str, float] | None = None

    def read(self, limit: int) -> bytes:
        """Read it; if it is larger than `limit`, it is not even opened."""
        if self.size > limit:
            raise Unreadable(
                english(
                    "has more than {number:,} bytes, which is the most that is read", number=limit
                )
            )
        content = self.start(self.size + 1)
        if len(content) > self.size:
            raise Unreadable(english("has grown since it was found: hand it in again"))
        return content


Entry = File | Text | None
"""A file, the reason why an entry is not read, or None for a folder."""

LINK = english("is a link, which is not followed: hand in the file itself")
KINDS = {
    stat.S_IFLNK: LINK,
    stat.S_IFIFO: english("is a pipe, which is not read: hand in a file"),
    stat.S_IFSOCK: english("is a socket, which is not read: hand in a file"),
    stat.S_IFCHR: english("is a device, which is not read: hand in a file"),
    stat.S_IFBLK: english("is a device, which is not read: hand in a file"),
}
TOO_LONG = english("has a path of more than {number} characters: rename it", number=MAX_NAME)
UNKNOWN = english("is neither a file nor a folder: hand in a file")
_REPARSE_MOUNT_POINT = 0xA0000003  # a junction: the link to a folder on Windows

_JUNK = re.compile(r"(?:^|/)(?:\.[^/]*|__MACOSX|__pycache__|node_modules|site-packages)(?:/|$)")
_VENV_PART = re.compile(r"(?:^|/)(?:bin|include|lib|lib64|scripts|share)(?=/|$)", re.IGNORECASE)
_VENV_MARK = "pyvenv.cfg"

# O_NONBLOCK, because opening a pipe without a writer would block.
_FLAGS = os.O_RDONLY
for _flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"):
    _FLAGS |= getattr(os, _flag, 0)


class Unreadable(Exception):
    """A file or a whole submission cannot be read.

    The message is for the learner: which file, what was expected, what was found, what to do next.

    Attributes
    ----------
    fault : str or Message
        The problem, without the name of the file.
    text : str or Message
        The problem, with the name of the file.
    """

    def __init__(self, fault: Text, text: Text | None = None) -> None:
        self.fault = fault
        self.text = fault if text is None else text
        super().__init__(str(self.text))

    def of(self, name: str) -> "Unreadable":
        """Return a copy whose text begins with the name of a file or archive.

        Parameters
        ----------
        name : str
            An untrusted name.
        """
        return type(self)(self.fault, joined([shown(name), " ", self.text]))


class NotRead(Unreadable):
    """The grader cannot read a file or folder where the instructor keeps it.

    This is no fault of the learner, and what is in the file is unknown.
    """


class FileTree:
    """Files that can be read, by relative path.

    Parameters
    ----------
    entries : mapping of str to Entry
        Files, folders and unreadable entries by relative POSIX path.
    size : int, default 0
        For the content of an archive, its total size in bytes, unpacked.
    hidden : iterable of str, default ()
        Paths that were left out of an archive because a name in them begins with a dot.
    """

    def __init__(
        self, entries: Mapping[str, Entry], size: int = 0, hidden: Iterable[str] = ()
    ) -> None:
        self.size = size
        self.hidden = tuple(sorted(set(hidden)))
        self._entries = dict(sorted(entries.items()))
        self._names = list(self._entries)

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of the files, sorted. They are not escaped: escape them before display."""
        return tuple(name for name, entry in self._entries.items() if isinstance(entry, File))

    @property
    def problems(self) -> dict[str, Text]:
        """Why an entry is not read, by path: a link, a pipe, a device."""
        return {
            name: entry for name, entry in self._entries.items() if isinstance(entry, str | Message)
        }

    @property
    def folders(self) -> tuple[str, ...]:
        """Names of the top-level folders, sorted, including empty ones."""
        tops = {name.partition("/")[0] for name in self._names if "/" in name}
        empty = {name for name, entry in self._entries.items() if entry is None and "/" not in name}
        return tuple(sorted(tops | empty))

    def items(self) -> Iterable[tuple[str, Entry]]:
        """Return all entries with their paths."""
        return self._entries.items()

    def size_of(self, name: str) -> int:
        """Return the size of a file in bytes, as it was listed."""
        entry = self._entries[name]
        return entry.size if isinstance(entry, File) else 0

    def age_of(self, name: str) -> tuple[tuple[int, int], tuple[str, float] | None]:
        """Return the order of a file, and when it was changed; see `File`."""
        entry = self._entries.get(name)
        return (entry.order, entry.changed) if isinstance(entry, File) else ((0, 0), None)

    def read(self, name: str, limit: int) -> bytes:
        """Read one file.

        Parameters
        ----------
        name : str
            Path of the file.
        limit : int
            Maximum size in bytes. A larger file is not opened.

        Raises
        ------
        Unreadable
            If the file is larger or damaged, or does not exist.
        """
        with error_prefix(name):
            entry = self._entries.get(name)
            if isinstance(entry, File):
                return entry.read(limit)
            raise Unreadable(entry or english("is no file here"))

    def below(self, folder: str) -> "FileTree":
        """Return the subtree of a folder, with paths relative to it.

        Parameters
        ----------
        folder : str
            Path of the folder; if it does not exist, the tree is empty.
        """
        prefix = f"{folder}/"
        inside = {rest: self._entries[prefix + rest] for rest in _below(self._names, prefix)}
        return FileTree(inside, hidden=_below(self.hidden, prefix))

    def ordered(self, order: tuple[int, int]) -> "FileTree":
        """Return the tree with the order of an upload for all files; see `File`."""
        entries = {
            name: replace(entry, order=order) if isinstance(entry, File) else entry
            for name, entry in self.items()
        }
        return FileTree(entries, self.size, self.hidden)

    def of_class(self) -> "FileTree":
        """Return the tree as one whose files the instructor keeps.

        Reading a file that is damaged or encrypted in it raises `NotRead`: the archive of a class
        is the instructor's, unlike an archive that a learner handed in.
        """
        return FileTree({name: _kept(one) for name, one in self.items()}, self.size, self.hidden)


def _kept(entry: Entry) -> Entry:
    if isinstance(entry, File):
        return replace(entry, start=partial(_start_of_kept, entry.start))
    if entry is None or entry in (*KINDS.values(), TOO_LONG, UNKNOWN):
        return entry
    return File(0, partial(_refuse, entry))


def _start_of_kept(start: Reader, most: int) -> bytes:
    try:
        return start(most)
    except (Unreadable, OSError):
        raise
    except Exception as error:  # as in `error_prefix`
        told = english("cannot be read: it is damaged in the archive of the class")
        raise NotRead(told) from error


def _refuse(fault: Text, most: int) -> bytes:
    raise NotRead(fault)


def _below(names: Sequence[str], prefix: str) -> Iterator[str]:
    """Yield what follows a prefix, of sorted names.

    Those of a folder are adjacent, so a class of thousands of folders takes no quadratic time.
    """
    for name in islice(names, bisect_left(names, prefix), None):
        if not name.startswith(prefix):
            break
        yield name.removeprefix(prefix)


def gathered(parts: Iterable[tuple[str, FileTree]]) -> FileTree:
    """Merge several trees.

    Parameters
    ----------
    parts : iterable of (str, FileTree)
        Pairs of a prefix for all paths of a tree, empty or a folder with a slash, and the tree.
    """
    parts = list(parts)
    entries = {prefix + name: entry for prefix, part in parts for name, entry in part.items()}
    return FileTree(entries, sum(part.size for _, part in parts))


def read_single(path: Path) -> FileTree:
    """Return a tree of a single file in any format; an archive is not unpacked.

    Raises
    ------
    Unreadable
        If the path is a link, a pipe, a device or a folder.
    """
    with error_prefix(path.name or str(path)):
        status = os.lstat(path)
        kind = kind_of(status)
        if kind != stat.S_IFREG:
            raise Unreadable(KINDS.get(kind, UNKNOWN))
    return FileTree({path.name: _file(status, os.path.abspath(path))})


def read_folder(path: Path, *, max_files: int) -> FileTree:
    """List the files of a folder recursively; each is opened only when it is read.

    Hidden files are left out, and so are generated files: caches, checkpoints, and environments
    of Python and Node.

    Parameters
    ----------
    path : Path
        The top folder.
    max_files : int
        Maximum number of files.

    Returns
    -------
    FileTree
        The files. Links, pipes and devices are in its `problems`.

    Raises
    ------
    Unreadable
        If the folder or one in it cannot be read, or has too many files.
    """
    root = os.path.abspath(path)
    entries: dict[str, Entry] = {}
    waiting, seen, files = [""], 0, 0
    with error_prefix(os.path.basename(root) or root):
        while waiting:
            folder = waiting.pop()
            found = _list(root, folder, max_files + MAX_OTHERS - seen)
            seen += len(found)
            if seen > max_files + MAX_OTHERS:
                raise Unreadable(tell_number(max_files))
            kept = _without_junk(found)
            entries |= kept
            waiting += [name for name, entry in kept.items() if entry is None]
            files += sum(isinstance(entry, File) for entry in kept.values())
            if files > max_files:
                raise Unreadable(tell_number(max_files))
    return FileTree(entries)


def _list(root: str, folder: str, most: int) -> dict[str, Entry]:
    """List the entries of one folder, at most one more than allowed."""
    with (
        error_prefix(folder) if folder else nullcontext(),
        os.scandir(os.path.join(root, folder)) as children,
    ):
        return {
            path: _entry_of(child) if len(path) <= MAX_NAME else TOO_LONG
            for child in islice(children, most + 1)
            for path in (f"{folder}/{child.name}" if folder else child.name,)
        }


def _entry_of(child: os.DirEntry[str]) -> Entry:
    status = child.stat(follow_symlinks=False)
    kind = kind_of(status)
    if kind == stat.S_IFDIR:
        return None
    if kind == stat.S_IFREG:
        return _file(status, child.path)
    return KINDS.get(kind, UNKNOWN)


def _file(status: os.stat_result, path: str) -> File:
    return File(status.st_size, partial(read_start, path), changed=(UTC, status.st_mtime))


def kind_of(status: os.stat_result) -> int:
    """Return the file type, as `stat.S_IFMT` does; a junction of Windows counts as a link."""
    if getattr(status, "st_reparse_tag", 0) == _REPARSE_MOUNT_POINT:
        return stat.S_IFLNK
    return stat.S_IFMT(status.st_mode)


def _without_junk(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    venvs = find_venvs(entries)
    return {name: entry for name, entry in entries.items() if not is_junk(name, venvs)}


def find_venvs(names: Iterable[str]) -> set[str]:
    """Return the folders that are virtual environments; they may also hold a learner's files."""
    return {name.rpartition("/")[0] for name in names if name.rpartition("/")[2] == _VENV_MARK}


def is_junk(name: str, venvs: set[str]) -> bool:
    """Return whether a path is a generated file; `venvs` is the result of `find_venvs`."""
    if _JUNK.search(name) or name.rpartition("/")[2] == _VENV_MARK:
        return True
    return bool(venvs) and any(name[: part.start()] in venvs for part in _VENV_PART.finditer(name))


def tell_number(max_files: int) -> Text:
    """Return the error for too many files."""
    return english(
        "has more than {number:,} files: hand in only those that you wrote", number=max_files
    )


def tell_unread(error: OSError) -> Text:
    """Return the error for a path that the system cannot read."""
    return english("cannot be read: {reason}", reason=error.strerror or error)


def read_start(path: str | Path, most: int) -> bytes:
    """Read at most `most` bytes of a file."""
    with open_regular(path) as file:
        return file.read(most)


def open_regular(path: str | Path) -> BinaryIO:
    """Open a regular file.

    The type is checked again after opening: since the file was listed, it may have been replaced by
    a link, a pipe or a device.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable(english("is no longer a file"))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


@contextmanager
def error_prefix(name: str) -> Iterator[None]:
    """Turn any exception in the block into `Unreadable`, with a message that starts with `name`."""
    try:
        yield
    except Unreadable as error:
        raise error.of(name) from None
    except OSError as error:
        raise NotRead(tell_unread(error)).of(name) from error
    except Exception as error:  # zipfile, tarfile and zlib raise a dozen types on invalid input
        told = english("is broken or cut short: hand it in again")
        raise Unreadable(told).of(name) from error
