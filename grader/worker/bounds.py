"""The maximum size of frames, checked before any object is made of them."""

import re
from dataclasses import dataclass

MAX_HEADER = 4 << 20  # bytes
MAX_BLOB = 64 << 20  # bytes of arrays
MAX_ANSWER = 4 << 20  # bytes of the arrays in a reply
MAX_ITEMS = 20_000  # values in an answer, at any depth
MAX_PARTS = 6 * MAX_ITEMS  # of a reply: a NumPy scalar has five
MAX_TEXT = 100_000  # characters of all texts in an answer

# Whatever it is applied to, it has nothing to try again: its time is linear.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?', re.DOTALL)


class WireError(Exception):
    """A frame is invalid, or a value cannot be encoded."""


class TooLarge(WireError):
    """A frame of a possible size exceeds the bounds of its receiver."""


@dataclass(frozen=True)
class Bounds:
    """The maximum size of a frame.

    Attributes
    ----------
    blob : int, default MAX_BLOB
        Total size of its arrays, in bytes.
    header : int, default MAX_HEADER
        Size of the rest, in bytes.
    parts : int, default MAX_HEADER
        Number of parts of the header. They become objects, which take much more time and memory
        than their bytes. By default the size of the header is the only limit.
    """

    blob: int = MAX_BLOB
    header: int = MAX_HEADER
    parts: int = MAX_HEADER

    def check_sizes(self, header: int, blob: int) -> None:
        """Raise `WireError` if a frame of these sizes is too large."""
        if header <= self.header and blob <= self.blob:
            return
        told = (
            f"a frame of {header:,} + {blob:,} bytes, "
            f"where {self.header:,} + {self.blob:,} are allowed"
        )
        is_possible = header <= MAX_HEADER and blob <= MAX_BLOB
        raise TooLarge(told) if is_possible else WireError(told)

    def check_parts(self, header: bytes) -> None:
        """Raise `TooLarge` if a header has too many parts, before objects are made of it."""
        if len(header) <= self.parts or _separators(header) <= self.parts:
            return
        # Texts may contain any number of commas.
        if (parts := _separators(_STRING.sub(b"", header))) > self.parts:
            raise TooLarge(f"a frame of {parts:,} parts, where {self.parts:,} are allowed")


def _separators(header: bytes) -> int:
    """Return the number of commas and opening brackets: no less than that of the parts."""
    return sum(map(header.count, (b",", b"[", b"{")))


ANY = Bounds()
"""Bounds of all frames: those of requests, which the judge trusts to be sensible."""


def reply_bounds(blob: int = MAX_ANSWER, output: int = 0) -> Bounds:
    """Return the bounds of a reply.

    Parameters
    ----------
    blob : int, default MAX_ANSWER
        Total size of its arrays, in bytes.
    output : int, default 0
        Characters of output that come with it; a character takes up to twelve bytes.
    """
    return Bounds(blob, min(MAX_HEADER, (2 << 20) + 12 * output), MAX_PARTS)


def request_bounds(blob: int = MAX_BLOB) -> Bounds:
    """Return the bounds of a request, given the total size of its arrays in bytes."""
    return Bounds(blob)
