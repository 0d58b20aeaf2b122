"""Arrays that are too large to send: files that the judge writes and a worker maps."""

import weakref
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from grader import wire

_numbers = count()
_files: dict[int, Path] = {}


@cache
def _folder() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="kata-", ignore_cleanup_errors=True)


def shared_folder() -> Path:
    """The folder of these files, one for this process. It goes when the process ends."""
    return Path(_folder().name)


def share(values: np.ndarray) -> wire.Mapping:
    """Lay out an array where a worker can read it.

    Parameters
    ----------
    values : ndarray
        It becomes read-only, and its file lives as long as it does: what is shared again and
        again, such as the training images, is written once.

    Returns
    -------
    Mapping
        A reference that may cross.

    Raises
    ------
    WireError
        If it is no array of numbers or booleans.
    """
    if not wire.is_plain_array(values):
        raise wire.WireError(f"an array of dtype {values.dtype} cannot be shared")
    key = id(values)
    if key not in _files:
        values.flags.writeable = False
        path = shared_folder() / f"array{next(_numbers)}"
        path.write_bytes(np.ascontiguousarray(values).data)
        _files[key] = path
        weakref.finalize(values, _remove, key)
    return wire.Mapping(str(_files[key]), values.dtype.str, values.shape)


def _remove(key: int) -> None:
    # Windows keeps a file that is still mapped; it goes with its folder, which may be gone already.
    with suppress(OSError):
        _files.pop(key).unlink()
