"""The wire format between judge and worker.

A frame is a JSON header, followed by the raw bytes of the arrays that the header describes. It can
carry None, bool, int, float, str, list, tuple, dict, numeric NumPy arrays and scalars, and
messages, and references to objects that stay on the other side. It contains no pickle and no code;
reading an arbitrary frame either returns a value or raises `WireError`.
"""

import json
import math
import re
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeGuard, TypeVar

import numpy as np

from grader.messages.message import Message, Text, pack, unpack

# A frame may come from hostile code: its sizes are checked before any memory is allocated.
MAX_HEADER = 4 << 20  # bytes
MAX_BLOB = 64 << 20  # bytes of arrays
MAX_ANSWER = 4 << 20  # bytes of the arrays in a reply
MAX_ITEMS = 20_000  # values in an answer, at any depth
MAX_PARTS = 6 * MAX_ITEMS  # of a reply: a NumPy scalar has five
MAX_TEXT = 100_000  # characters of all texts in an answer
MAX_DEPTH = 18
MAX_AXES = 32
MAX_LENGTH = 2**40  # of one axis
MAX_MESSAGE = 2000  # characters of a message in our words, and of each of its parts
_CHUNK, _LARGE_CHUNK = 1 << 16, 1 << 20  # bytes to receive at once
# Whatever it is applied to, it has nothing to try again: its time is linear.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.?[^"\\]*+)*+"?', re.DOTALL)
_ENCODER = json.JSONEncoder(separators=(",", ":"))
_DECODER = json.JSONDecoder()
_PREFIX = struct.Struct("<II")  # length of the header, length of the blob
_DTYPE = re.compile(r"[<>|][biufc]\d{1,2}")


class WireError(Exception):
    """A frame is invalid, or a value cannot be encoded."""


class Disconnected(WireError):
    """The other side has closed the connection."""


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


@dataclass(frozen=True)
class Remote:
    """A reply that stands for an object in the learner's process.

    Attributes
    ----------
    number : int
        Index of the object in the workbench's table.
    kind : str
        Name of the object's type, for messages.
    """

    number: int
    kind: str


@dataclass(frozen=True)
class Reference:
    """The path to an object in the learner's process, resolved when it is used.

    Attributes
    ----------
    start : int or str
        The number of an object, or the name of a module. Objects created at the request of the spec
        have negative numbers.
    steps : tuple of (str, object)
        The path from there: ``("attribute", name)`` or ``("item", key)``.
    """

    start: int | str
    steps: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Earlier:
    """The answer to a request that was made before, passed on as an argument.

    Attributes
    ----------
    number : int
        Under which the request said that its answer should be kept.
    """

    number: int


@dataclass(frozen=True)
class Callback:
    """A reference to a function of the spec that the learner's code may call."""

    number: int


@dataclass(frozen=True)
class Seed:
    """A random generator, represented by its seed."""

    value: int


@dataclass(frozen=True)
class SharedArray:
    """An array that the worker was given when it started, because it is too large for a frame.

    Attributes
    ----------
    number : int
        Which of these arrays it is.
    dtype : str
        Dtype in the form of ``array.dtype.str``.
    shape : tuple of int
        Lengths of the axes.
    """

    number: int
    dtype: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Opaque:
    """The description of a value that cannot cross: "an array of dtype object"."""

    description: str


def is_plain_array(value: object) -> bool:
    """Return whether a value is a numeric or boolean NumPy array or scalar."""
    return isinstance(value, _ARRAYS) and value.dtype.kind in "biufc"


def encode(message: object, bounds: Bounds = ANY) -> bytes:
    """Encode a value as a frame.

    Parameters
    ----------
    message : object
        A value of the types that the module docstring lists.
    bounds : Bounds, default ANY
        Maximum size of the frame.

    Raises
    ------
    WireError
        If a part of the value is of another type, nested deeper than `MAX_DEPTH`, or too large.
    """
    blobs: list[bytes] = []
    header = _ENCODER.encode(_pack(message, blobs, bounds.blob, 0)).encode()
    size = sum(map(len, blobs))
    if len(header) > bounds.header or size > bounds.blob:
        raise WireError(
            f"the value is too large: {len(header) + size:,} bytes, "
            f"where {bounds.blob:,} for arrays and {bounds.header:,} for the rest are allowed"
        )
    bounds.check_parts(header)
    return b"".join([_PREFIX.pack(len(header), size), header, *blobs])


# Types that need no conversion. In a header, a JSON object is a dict whose keys are all strings; a
# JSON list begins with a tag for its type: ["tuple", 1, 2].
_PLAIN = frozenset((type(None), bool, float, str))
_NAMES = frozenset((str,))
# Tuples, since a union of types is made anew each time that it is written.
_ARRAYS = (np.ndarray, np.generic)
_SCALARS = (bool, float, str)


def _check_depth(depth: int) -> None:
    if depth > MAX_DEPTH:
        raise WireError(f"the value is nested more than {MAX_DEPTH} deep")


def _pack_all(
    tag: str, items: Iterable[object], blobs: list[bytes], room: int, depth: int
) -> list[object]:
    _check_depth(depth + 1)
    packed: list[object] = [tag]
    for item in items:
        packed.append(item if type(item) in _PLAIN else _pack(item, blobs, room, depth + 1))
    return packed


def _pack(value: object, blobs: list[bytes], room: int, depth: int) -> object:
    # The most frequent types first: every call of a spec passes here, on both sides.
    if isinstance(value, _ARRAYS):
        return _pack_array(value, blobs, room)
    if isinstance(value, dict):
        return _pack_dict(value, blobs, room, depth)
    if isinstance(value, tuple):
        return _pack_all("tuple", value, blobs, room, depth)
    if isinstance(value, Reference):
        steps = [part for step in value.steps for part in step]
        return _pack_all("place", (value.start, *steps), blobs, room, depth)
    if isinstance(value, list):
        return _pack_all("list", value, blobs, room, depth)
    if value is None or isinstance(value, _SCALARS):
        return value
    if isinstance(value, int):
        if not -(2**63) <= value < 2**64:
            raise WireError("an integer of more than 64 bits")
        return value
    match value:
        case Remote():
            return ["remote", value.number, value.kind]
        case Earlier():
            return ["earlier", value.number]
        case Callback():
            return ["callback", value.number]
        case Seed():
            return ["seed", value.value]
        case SharedArray():
            return ["shared", value.number, value.dtype, list(value.shape)]
        case Opaque():
            return ["opaque", value.description]
        case Message():
            return pack(value)
    raise WireError(f"a value of type {type(value).__name__} cannot cross")


def _pack_dict(value: dict[Any, Any], blobs: list[bytes], room: int, depth: int) -> object:
    if not _NAMES.issuperset(map(type, value)):
        if not all(isinstance(key, str | int) for key in value):
            raise WireError("a dict with a key that is neither text nor an integer")
        parts = (part for pair in value.items() for part in pair)
        return _pack_all("dict", parts, blobs, room, depth)
    _check_depth(depth + 1)
    return {
        key: item if type(item) in _PLAIN else _pack(item, blobs, room, depth + 1)
        for key, item in value.items()
    }


def _pack_array(value: np.ndarray | np.generic, blobs: list[bytes], room: int) -> object:
    if value.dtype.kind not in "biufc":
        raise WireError(f"an array of dtype {value.dtype} cannot cross")
    if value.nbytes > room:
        raise WireError(f"an array of {value.nbytes:,} bytes; {room:,} are allowed")
    blobs.append(value.tobytes())
    tag = "array" if isinstance(value, np.ndarray) else "scalar"
    return [tag, value.dtype.str, list(value.shape)]


def decode(frame: bytes, bounds: Bounds = ANY) -> Any:
    """Decode a frame.

    Parameters
    ----------
    frame : bytes
        A result of `encode`, or arbitrary bytes.
    bounds : Bounds, default ANY
        Maximum size of the frame.

    Returns
    -------
    object
        The value. Its arrays are read-only and of type `numpy.ndarray` itself.

    Raises
    ------
    WireError
        If the bytes are not a valid frame.
    """
    if len(frame) < _PREFIX.size:
        raise WireError(f"a frame of {len(frame)} bytes, expected {_PREFIX.size} or more")
    header_size, blob_size = _PREFIX.unpack_from(frame)
    bounds.check_sizes(header_size, blob_size)
    if len(frame) != _PREFIX.size + header_size + blob_size:
        raise WireError(
            f"a frame of {len(frame)} bytes whose prefix announces "
            f"{_PREFIX.size} + {header_size} + {blob_size}"
        )
    start = _PREFIX.size + header_size
    content = frame[_PREFIX.size : start]
    bounds.check_parts(content)
    try:
        text = content.decode("utf-8", "strict")
        header, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError) as error:
        raise WireError(f"a header that is not JSON: {error}") from None
    if end != len(text):
        raise WireError("a header with something behind it")
    reader = _Reader(frame, start)
    value = reader.unpack(header, 0)
    if reader.offset != len(frame):
        raise WireError(f"{len(frame) - reader.offset} bytes that belong to no array")
    return value


def cross(value: object, bounds: Bounds = ANY) -> Any:
    """Encode and decode a value, so that it is copied as between two processes."""
    return decode(encode(value, bounds), bounds)


class _Reader:
    """Converts a header to a value, and reads its arrays from the blob in order."""

    def __init__(self, frame: bytes, offset: int) -> None:
        self.frame = frame
        self.offset = offset

    def unpack(self, node: object, depth: int) -> Any:
        kind = type(node)
        if kind in _PLAIN:
            return node
        if kind is list:
            return self.unpack_tagged(node, depth)  # type: ignore[arg-type]
        if kind is dict:
            _check_depth(depth + 1)
            return {
                key: item if type(item) in _PLAIN else self.unpack(item, depth + 1)
                for key, item in node.items()  # type: ignore[attr-defined]
            }
        if not -(2**63) <= node < 2**64:  # type: ignore[operator]
            raise WireError("an integer of more than 64 bits")
        return node

    def unpack_all(self, nodes: list[object], depth: int) -> list[Any]:
        _check_depth(depth + 1)
        return [node if type(node) in _PLAIN else self.unpack(node, depth + 1) for node in nodes]

    def unpack_tagged(self, node: list[Any], depth: int) -> Any:
        match node:
            case ["array", str(dtype), list(shape)]:
                return self.take(dtype, shape)
            case ["tuple", *items]:
                return tuple(self.unpack_all(items, depth))
            case ["place", int() | str() as start, *steps] if type(start) is not bool:
                return Reference(start, _read_steps(self.unpack_all(steps, depth)))
            case ["list", *items]:
                return self.unpack_all(items, depth)
            case ["dict", *parts] if len(parts) % 2 == 0:
                parts = self.unpack_all(parts, depth)
                # Other types would allow a hostile sender many keys with equal hashes.
                if not all(isinstance(key, str | int) for key in parts[::2]):
                    raise WireError("a dict with a key that is neither text nor an integer")
                return dict(zip(parts[::2], parts[1::2], strict=True))
            case ["scalar", str(dtype), []]:
                return self.take(dtype, [])[()]
            case ["remote", int(number), str(kind)] if _is_count(number):
                return Remote(number, kind[:MAX_MESSAGE])
            case ["earlier", int(number)]:
                return Earlier(number)
            case ["callback", int(number)]:
                return Callback(number)
            case ["seed", int(value)] if value >= 0:
                return Seed(value)
            case ["shared", int(number), str(dtype), list(shape)] if _is_count(number):
                _array_size(dtype, shape)
                return SharedArray(number, dtype, tuple(shape))
            case ["opaque", str(description)]:
                return Opaque(description[:MAX_MESSAGE])
            case ["msg", *_]:
                return _read_message(node)
        tag = node[0] if node and type(node[0]) is str else ""
        raise WireError(f"a header with an unknown part, {tag[:20]!r}")

    def take(self, dtype: str, shape: list[Any]) -> np.ndarray:
        size = _array_size(dtype, shape)
        if size > len(self.frame) - self.offset:
            raise WireError(
                f"an array of shape {tuple(shape)} and dtype {dtype} needs {size} bytes, "
                f"{len(self.frame) - self.offset} are left"
            )
        try:
            array: np.ndarray = np.ndarray(shape, _dtype(dtype), self.frame, self.offset)
        except ValueError as error:  # an empty array whose other lengths overflow in NumPy
            raise WireError(f"an array of shape {tuple(shape)}: {error}") from None
        self.offset += size
        return array


def _is_count(number: object) -> TypeGuard[int]:
    return type(number) is int and 0 <= number < 2**63


def _read_message(node: list[Any]) -> Text:
    try:
        return unpack(node, MAX_MESSAGE)
    except ValueError as error:
        raise WireError(str(error)) from None


def _read_steps(parts: list[Any]) -> tuple[tuple[str, Any], ...]:
    if len(parts) % 2:
        raise WireError("a step that leads nowhere")
    steps = tuple(zip(parts[::2], parts[1::2], strict=True))
    for kind, key in steps:
        known = type(kind) is str and (kind == "item" or (kind == "attribute" and type(key) is str))
        if not known:
            raise WireError("a step that leads nowhere")
    return steps


def _array_size(dtype: str, shape: list[Any]) -> int:
    """Validate the dtype and shape of an array, and return its size in bytes."""
    itemsize = _dtype(dtype).itemsize
    if len(shape) > MAX_AXES:
        raise WireError(f"an array of shape {str(shape)[:80]}")
    for length in shape:
        if type(length) is not int or not 0 <= length <= MAX_LENGTH:
            raise WireError(f"an array of shape {str(shape)[:80]}")
    return int(math.prod(shape) * itemsize)


@lru_cache(64)
def _dtype(name: str) -> np.dtype[Any]:
    if not _DTYPE.fullmatch(name):
        raise WireError(f"an array of dtype {name[:20]!r}")
    try:
        return np.dtype(name)
    except TypeError:
        raise WireError(f"an array of dtype {name!r}, which does not exist") from None


_T = TypeVar("_T")
_R = TypeVar("_R")

Remaining = Callable[[], float]
"""Returns for how many seconds to wait before the next call; zero or less means a timeout."""


def within(seconds: float) -> Remaining:
    """Return a function that counts down from a number of seconds, starting now."""
    end = time.monotonic() + seconds
    return lambda: end - time.monotonic()


class Channel:
    """One end of the connection: sends and receives frames, with timeouts.

    Parameters
    ----------
    connection : socket
        A connected stream socket, which `close` closes.

    Attributes
    ----------
    sends, receives : Bounds, default ANY
        Maximum size of a frame in each direction. They can be changed at any time.
    received : int
        Size of the last frame that was received, in bytes.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._received: bytes | bytearray = b""
        self.sends = self.receives = ANY
        self.received = 0
        for buffer in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            # 4 MiB halve the time of a call with large arrays.
            connection.setsockopt(socket.SOL_SOCKET, buffer, 4 << 20)

    def send(self, message: object, remaining: Remaining | None = None) -> None:
        """Send a value.

        Parameters
        ----------
        message : object
            A value that `encode` takes.
        remaining : callable, optional
            The time left, as from `within`; by default there is no timeout.

        Raises
        ------
        WireError
            If the value cannot be encoded.
        TimeoutError
            If no time is left before the value is sent.
        Disconnected
            If the other side has closed the connection.
        """
        view = memoryview(encode(message, self.sends))
        while view:
            view = view[self._transfer(self._connection.send, view, remaining) :]

    def receive(self, remaining: Remaining | None = None) -> Any:
        """Wait for the next value, and decode it.

        Parameters
        ----------
        remaining : callable, optional
            As in `send`.

        Raises
        ------
        WireError, TimeoutError, Disconnected
            As from `decode` and `send`.
        """
        self._wait_for(_PREFIX.size, remaining)
        header_size, blob_size = _PREFIX.unpack_from(self._received)
        self.receives.check_sizes(header_size, blob_size)
        size = _PREFIX.size + header_size + blob_size
        self._wait_for(size, remaining)
        # Usually this is all that was received, as bytes: then nothing is copied.
        frame, self._received = bytes(self._received[:size]), self._received[size:]
        self.received = size
        return decode(frame, self.receives)

    def _wait_for(self, size: int, remaining: Remaining | None) -> None:
        while len(self._received) < size:
            most = max(_CHUNK, size - len(self._received))
            chunk = self._transfer(self._connection.recv, min(most, _LARGE_CHUNK), remaining)
            if not chunk:
                raise Disconnected("the connection was closed")
            if not self._received:
                self._received = chunk
            elif isinstance(self._received, bytes):
                self._received = bytearray(self._received + chunk)
            else:
                self._received += chunk

    def _transfer(self, transfer: Callable[[_T], _R], what: _T, remaining: Remaining | None) -> _R:
        """Send or receive at least one byte."""
        while True:
            self._set_timeout(remaining)
            try:
                return transfer(what)
            except TimeoutError:
                continue
            except OSError as error:
                raise Disconnected(str(error)) from None

    def _set_timeout(self, remaining: Remaining | None) -> None:
        if remaining is not None:
            seconds = remaining()
            if seconds <= 0:
                raise TimeoutError
            self._connection.settimeout(seconds)
        elif self._connection.gettimeout() is not None:
            self._connection.settimeout(None)  # an ioctl, which the sandbox denies

    def close(self) -> None:
        """Close this end."""
        self._connection.close()
