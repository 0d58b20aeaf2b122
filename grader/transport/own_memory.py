"""A limit of what this process, a judge, may add to its memory.

What a submission sends is small, but a spec may blow it up: NumPy broadcasts two arrays of a few
MiB to an array of terabytes. With the limit, that is a MemoryError.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_sizes: int | None = None
"""Descriptor of the file with the sizes of this process, if the limit is enforced."""


def enforce() -> None:
    """Enforce the limit from now on, in a process that does nothing but judge.

    The address space belongs to all threads, so a process that also does other work must not be
    limited.
    """
    global _sizes
    if sys.platform == "linux" and _sizes is None:
        _sizes = os.open("/proc/self/statm", os.O_RDONLY)  # opened once: it is read in each spec


class OwnMemory:
    """The limit of memory that a judge may add during a spec.

    Parameters
    ----------
    mib : int
        Address space, in addition to that at the time of `limit`.
    """

    def __init__(self, mib: int) -> None:
        self.mib = mib
        self._is_limited = False

    def limit(self) -> None:
        """Begin to limit, unless it has begun."""
        if _sizes is None or self._is_limited:
            return
        self._is_limited = True
        self._set(pages=int(os.pread(_sizes, 100, 0).split()[0]))

    def _set(self, pages: int | None) -> None:
        assert sys.platform == "linux"
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        soft = hard if pages is None else pages * resource.getpagesize() + (self.mib << 20)
        if pages is not None and hard != resource.RLIM_INFINITY:
            soft = min(soft, hard)
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))

    @contextmanager
    def limited_until_end(self) -> Iterator[None]:
        """Lift the limit at the end of a ``with`` block, if it was set in it."""
        try:
            yield
        finally:
            if self._is_limited:
                self._is_limited = False
                self._set(None)
