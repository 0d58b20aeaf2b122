"""Writes files atomically: a reader sees the old content or the new one, never a part."""

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_PRIVATE = 0o600
_MAX_STEM = 40  # characters of at most four bytes: with the rest a name stays below 255 bytes


def write_atomically(
    path: Path,
    content: bytes,
    mode: int | None = None,
    *,
    durable: bool = False,
    follow_link: bool = False,
) -> None:
    """Replace the content of a file, or create the file, in one step.

    If two processes write the same file at once, it has the complete content from one of them. If
    a process is killed while writing, the file is unchanged.

    Parameters
    ----------
    path : Path
        The file. Its folder must exist.
    content : bytes
        The complete new content.
    mode : int, optional
        Permissions of the file, which are never exceeded, not even while it is written. By default
        those of the file that is replaced, or the usual ones for a new file.
    durable : bool, default False
        Whether to return only when the content is on the disk, so that it survives a power cut.
    follow_link : bool, default False
        Whether to write to the target of a symbolic link, instead of replacing the link. If the
        target is not a regular file (a pipe, ``/dev/stdout``), it is written to directly.

    Raises
    ------
    OSError
        If the file cannot be written. It is then unchanged.
    """
    if follow_link:
        if path.exists():
            if not path.is_file():
                path.write_bytes(content)
                return
            path.open("r+b").close()  # raises if the file is read-only
        path = Path(os.path.realpath(path))
    with _draft(path, content, _mode_of(path) if mode is None else mode, durable) as draft:
        draft.replace(path)
    if durable:
        force_folder(path.parent)


def create_atomically(
    path: Path, content: bytes, mode: int | None = None, *, durable: bool = False
) -> bool:
    """Create a file in one step, unless it exists.

    Parameters
    ----------
    path, content, mode, durable
        As in `write_atomically`.

    Returns
    -------
    bool
        Whether the file was created. If several processes try at once, one of them creates it.

    Raises
    ------
    OSError
        If the file cannot be created.
    """
    with _draft(path, content, mode, durable) as draft:
        try:
            os.link(draft, path)  # a rename would replace a file that another process just created
        except FileExistsError:
            return False
    if durable:
        force_folder(path.parent)
    return True


@contextmanager
def _draft(path: Path, content: bytes, mode: int | None, durable: bool) -> Iterator[Path]:
    """Write a temporary file next to `path`, and delete it afterwards."""
    draft = path.with_name(f".{path.name[:_MAX_STEM]}.{secrets.token_hex(8)}.draft")
    first = 0o666 if mode is None else _PRIVATE
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, first)) as file:
            if mode is not None:
                os.chmod(draft, mode)  # os.open applies the umask
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        yield draft
    except OSError as error:  # name the caller's file, not the temporary one
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # it may never have been created
            draft.unlink()


def _mode_of(path: Path) -> int | None:
    """Return the permissions of a regular file; None if there is none."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None


def force_folder(folder: Path) -> None:
    """Force the directory entries of a folder to the disk. Does nothing on Windows.

    Parameters
    ----------
    folder : Path
        Folder in which a file was created or replaced.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
