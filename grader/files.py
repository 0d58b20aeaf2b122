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
    """Replace the content of a file, or make the file, in one step.

    Two processes that write the same file at once do not disturb each other: the file is as one
    of them wrote it. A process that is killed meanwhile leaves the file as it was.

    Parameters
    ----------
    path : Path
        The file. Its folder must exist.
    content : bytes
        All that is to be in it.
    mode : int, optional
        Its permissions, which nobody exceeds at any moment. By default those of the file that is
        replaced, or those of any new file.
    durable : bool, default False
        Whether to return only when the content is on the disk, so that it outlives a power cut.
    follow_link : bool, default False
        Whether to write where a symbolic link points, instead of replacing the link. What is there
        and is no regular file (a pipe, ``/dev/stdout``) is written to directly.

    Raises
    ------
    OSError
        If it cannot be written there. The file is then as it was.
    """
    if follow_link:
        if path.exists():
            if not path.is_file():
                path.write_bytes(content)
                return
            path.open("r+b").close()  # a file that is protected against writing stays as it is
        path = Path(os.path.realpath(path))
    with _draft(path, content, _mode_of(path) if mode is None else mode, durable) as draft:
        draft.replace(path)
    if durable:
        force_folder(path.parent)


def create_atomically(
    path: Path, content: bytes, mode: int | None = None, *, durable: bool = False
) -> bool:
    """Make a file in one step, unless it exists.

    Parameters
    ----------
    path, content, mode, durable
        As in `write_atomically`.

    Returns
    -------
    bool
        Whether it was made. Of several processes that try at once, one makes it.

    Raises
    ------
    OSError
        If it cannot be made there.
    """
    with _draft(path, content, mode, durable) as draft:
        try:
            os.link(draft, path)  # a rename would replace what another process has just made
        except FileExistsError:
            return False
    if durable:
        force_folder(path.parent)
    return True


@contextmanager
def _draft(path: Path, content: bytes, mode: int | None, durable: bool) -> Iterator[Path]:
    """A complete file beside another one, under a name of its own; gone afterwards."""
    draft = path.with_name(f".{path.name[:_MAX_STEM]}.{secrets.token_hex(8)}.draft")
    first = 0o666 if mode is None else _PRIVATE
    try:
        with open(draft, "xb", opener=lambda name, flags: os.open(name, flags, first)) as file:
            if mode is not None:
                os.chmod(draft, mode)  # os.open takes the umask off
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        yield draft
    except OSError as error:  # about the file that the caller knows, not about the draft
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):  # it may never have been made
            draft.unlink()


def _mode_of(path: Path) -> int | None:
    """The permissions of a regular file; None where there is none."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return None
    return stat.S_IMODE(mode) if stat.S_ISREG(mode) else None


def force_folder(folder: Path) -> None:
    """Force the names in a folder to the disk; Windows does that by itself.

    Parameters
    ----------
    folder : Path
        Where a file was made or replaced.
    """
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
