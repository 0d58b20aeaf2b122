"""Large arrays that a worker is given when it starts, instead of a copy with each call.

On Linux the bytes are in an anonymous file in memory, which the worker maps. It has no path, it is
sealed against changes, and it vanishes with the last process that uses it, even if all are killed.
"""

import os
import sys
import weakref
from dataclasses import dataclass
from itertools import count

import numpy as np

from grader.worker import wire
from grader.worker.wire import WireError

_numbers = count()
_references: dict[int, wire.SharedArray] = {}
_descriptors: dict[int, int] = {}


@dataclass(frozen=True)
class Shared:
    """An array that workers can be given.

    Attributes
    ----------
    reference : SharedArray
        What stands for the array in a request.
    values : ndarray
        The array, which is read-only.
    """

    reference: wire.SharedArray
    values: np.ndarray

    @property
    def content(self) -> memoryview:
        """The bytes of the array in C order, read-only."""
        return np.ascontiguousarray(self.values).reshape(-1).view(np.uint8).data.toreadonly()

    @property
    def descriptor(self) -> int:
        """An anonymous file with the bytes of the array, written on first use. Linux only."""
        number = self.reference.number
        if number not in _descriptors:
            _descriptors[number] = _write_sealed(self.content)
        return _descriptors[number]


def share(values: np.ndarray) -> Shared:
    """Prepare an array for workers.

    Parameters
    ----------
    values : ndarray
        The array, which becomes read-only. Its file exists as long as the array does, so that an
        array that is shared repeatedly, such as the training images, is written once.

    Returns
    -------
    Shared
        To start a worker with.

    Raises
    ------
    WireError
        If the array holds anything other than numbers or booleans.
    """
    if not wire.is_plain_array(values):
        raise WireError(f"an array of dtype {values.dtype} cannot be shared")
    key = id(values)
    if key not in _references:
        values.flags.writeable = False
        number = next(_numbers)
        _references[key] = wire.SharedArray(number, values.dtype.str, values.shape)
        weakref.finalize(values, _forget, key, number)
    return Shared(_references[key], values)


def _forget(key: int, number: int) -> None:
    del _references[key]
    if number in _descriptors:
        os.close(_descriptors.pop(number))


def _write_sealed(content: memoryview) -> int:
    assert sys.platform == "linux"
    from fcntl import F_ADD_SEALS, F_SEAL_GROW, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE, fcntl

    descriptor = os.memfd_create("kata", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    with open(descriptor, "wb", closefd=False) as file:
        file.write(content)
    fcntl(descriptor, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL)
    return descriptor
