"""Shares large arrays with workers through files, which a worker maps into its memory."""

import atexit
import secrets
import shutil
import weakref
from contextlib import suppress
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import gettempdir

import numpy as np

from grader.worker import wire
from grader.worker.wire import WireError

_numbers = count()
_files: dict[int, Path] = {}


@cache
def shared_folder() -> Path:
    """Return the path of the folder of this process's shared arrays.

    The zygote, if there is one, creates the folder and removes it even if this process is killed.
    """
    folder = Path(gettempdir(), f"kata-{secrets.token_hex(8)}")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def share(values: np.ndarray) -> wire.SharedArray:
    """Write an array to a file that a worker can map.

    Parameters
    ----------
    values : ndarray
        The array, which becomes read-only. Its file exists as long as the array does, so that an
        array that is shared repeatedly, such as the training images, is written once.

    Returns
    -------
    SharedArray
        A reference that can be sent to a worker.

    Raises
    ------
    WireError
        If the array holds anything other than numbers or booleans.
    """
    if not wire.is_plain_array(values):
        raise WireError(f"an array of dtype {values.dtype} cannot be shared")
    key = id(values)
    if key not in _files:
        values.flags.writeable = False
        shared_folder().mkdir(mode=0o700, exist_ok=True)
        path = shared_folder() / f"array{next(_numbers)}"
        path.write_bytes(np.ascontiguousarray(values).data)
        _files[key] = path
        weakref.finalize(values, _remove, key)
    return wire.SharedArray(str(_files[key]), values.dtype.str, values.shape)


def _remove(key: int) -> None:
    # Windows cannot delete a file that is still mapped; it is deleted with the folder at exit. The
    # folder may be gone already.
    with suppress(OSError):
        _files.pop(key).unlink()
