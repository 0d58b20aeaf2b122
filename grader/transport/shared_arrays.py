"""Arrays that are too large to send: files that the judge writes and a worker maps."""

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

_numbers = count()
_files: dict[int, Path] = {}


@cache
def shared_folder() -> Path:
    """The folder of these files, one for this process.

    The zygote makes it, if there is one, so that it also goes if this process is killed.
    """
    folder = Path(gettempdir(), f"kata-{secrets.token_hex(8)}")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def share(values: np.ndarray) -> wire.SharedArray:
    """Lay out an array where a worker can read it.

    Parameters
    ----------
    values : ndarray
        It becomes read-only, and its file lives as long as it does: what is shared again and
        again, such as the training images, is written once.

    Returns
    -------
    SharedArray
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
        shared_folder().mkdir(mode=0o700, exist_ok=True)
        path = shared_folder() / f"array{next(_numbers)}"
        path.write_bytes(np.ascontiguousarray(values).data)
        _files[key] = path
        weakref.finalize(values, _remove, key)
    return wire.SharedArray(str(_files[key]), values.dtype.str, values.shape)


def _remove(key: int) -> None:
    # Windows keeps a file that is still mapped; it goes with its folder, which may be gone already.
    with suppress(OSError):
        _files.pop(key).unlink()
